import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PROGRAM = join(import.meta.dirname, '../../apps/dataset/src/main.js');

/** Makes the sample dataset that the image and the volume have, as a dataset directory or as a chart export (`--csv`). */
export function makeSample(kind: '--out' | '--csv', path: string): void {
  execFileSync(process.execPath, [PROGRAM, 'sample', kind, path, '--seed', '1', '--quiet'], { stdio: 'pipe' });
}

/** Does something with an empty folder, which is removed afterwards. */
export async function withFolder<T>(act: (folder: string) => Promise<T> | T): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'charts-e2e-'));
  try {
    return await act(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Version of the sample dataset, made anew on this machine. */
export function sampleVersion(): Promise<string> {
  return withFolder((folder) => {
    makeSample('--out', folder);
    const current = readFileSync(join(folder, 'current'), 'utf8').trim();
    const manifest = readFileSync(join(folder, current, 'manifest.json'), 'utf8');
    return (JSON.parse(manifest) as { readonly version: string }).version;
  });
}
