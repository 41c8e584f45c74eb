export * from './calendar.js';
export * from './dataset-folder.js';
export * from './manifest.js';
export * from './tables.js';
export * from './tool-version.js';
