export * from './byte-column.js';
export * from './chunk-writer.js';
export * from './columns.js';
export * from './native-garbage.js';
export * from './open.js';
export * from './pool.js';
