export * from './entry-columns.js';
export * from './entry-reader.js';
