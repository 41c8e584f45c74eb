export * from './breaker.js';
export * from './byte-lru.js';
export * from './guarded-store.js';
export * from './read-through.js';
export * from './store.js';
