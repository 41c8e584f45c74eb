import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Folders with tests; those that hold nothing yet are not in a clone. */
const roots = ['apps', 'libs', 'loadtest', 'tests'].map((folder) => join(import.meta.dirname, folder));

/** Jest runs the TypeScript sources as ES modules (Nest 12 is ESM-only), transformed by SWC; see CONTRIBUTING.md. */
export default {
  testEnvironment: 'node',
  roots: roots.filter((folder) => existsSync(folder)),
  // Faults that take minutes are for `make test-faults`.
  testMatch: ['**/*.spec.ts', '**/*.e2e-spec.ts', ...(process.env.FAULTS === 'all' ? ['**/*.long-spec.ts'] : [])],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest'] },
  moduleNameMapper: { '^#libs/(.*)$': '<rootDir>/libs/$1/src/index.ts', '^(\\.{1,2}/.*)\\.js$': '$1' },
  testTimeout: 30_000,
  // Where FAULTS is set, the service's pace is put under limits: by tests that have the machine to themselves.
  maxWorkers: process.env.FAULTS === undefined ? '100%' : 1,
  // Collecting the garbage of all files run before can take longer than deadlines that tests keep.
  workerIdleMemoryLimit: '700MB',
};
