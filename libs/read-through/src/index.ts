export * from './breaker.js';
export * from './byte-lru.js';
export * from './doorkeeper.js';
export * from './guarded-store.js';
export * from './memory-store.js';
export * from './read-through.js';
export * from './store-contract.js';
export * from './store.js';
