export * from './entry-columns.js';
export * from './entry-codec.js';
export * from './region-bits.js';
