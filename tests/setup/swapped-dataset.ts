import { spawnSync } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCurrent } from '#libs/catalog';
import { BuiltDataset } from '../../apps/api/src/dataset/testing/built-dataset.js';
import { chartHistory, historyCsv } from '../../apps/api/src/dataset/testing/chart-history.js';
import { DATASET_PROGRAM } from './built-program.js';

/** A dataset directory with two versions of invented charts, and its pointer to move between them. */
export class SwappedDataset {
  private constructor(
    private readonly built: BuiltDataset,
    readonly dir: string,
    /** Names of the versions' folders; the first is the one that `current` points to. */
    readonly versions: readonly [string, string],
  ) {}

  static async create(): Promise<SwappedDataset> {
    const rows = chartHistory();
    const built = await BuiltDataset.of(rows);
    const dir = join(built.path, 'data');
    const name = async () => (await openCurrent(dir)).manifest.version.slice(0, 16);
    const first = await name();
    const csv = join(built.path, 'other.csv');
    // Other streams: every answer but that to /filters is another.
    writeFileSync(
      csv,
      historyCsv(rows.map((row) => ({ ...row, streams: row.streams === null ? null : row.streams + 7 }))),
    );
    const made = spawnSync(process.execPath, [DATASET_PROGRAM, 'build', csv, '--out', dir, '--quiet']);
    if (made.status !== 0) throw new Error(made.stderr.toString());
    const swapped = new SwappedDataset(built, dir, [first, await name()]);
    swapped.pointTo(first);
    return swapped;
  }

  /** Points `current` to a folder, as publishing does. */
  pointTo(name: string): void {
    const draft = join(this.dir, '.draft');
    writeFileSync(draft, `${name}\n`);
    renameSync(draft, join(this.dir, 'current'));
  }

  remove(): Promise<void> {
    return this.built.remove();
  }
}
