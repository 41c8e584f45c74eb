import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCurrent, type DatasetVersion } from '#libs/catalog';
import type { QueryObservation } from '#libs/duckdb';
import { projectRoot } from '../../project-root.js';
import type { Dataset } from '../dataset.js';
import { OpenDataset, type OpenOptions } from '../open-dataset.js';
import { historyCsv, type HistoryRow } from './chart-history.js';

/** A dataset that the built command line made of rows, in a folder of its own. */
export class BuiltDataset {
  /** Queries that were asked of what {@link open} opened. */
  readonly queries: QueryObservation[] = [];
  private readonly opened: OpenDataset[] = [];

  private constructor(
    readonly path: string,
    readonly version: DatasetVersion,
  ) {}

  static async of(rows: readonly HistoryRow[]): Promise<BuiltDataset> {
    const program = join(projectRoot(), 'dist/apps/dataset/src/main.js');
    if (!existsSync(program)) throw new Error('These tests run the built program: npm run build');
    const path = mkdtempSync(join(tmpdir(), 'served-'));
    const [csv, dir] = [join(path, 'charts.csv'), join(path, 'data')];
    writeFileSync(csv, historyCsv(rows));
    const built = spawnSync(process.execPath, [program, 'build', csv, '--out', dir, '--quiet', '--max-rejects', '0']);
    if (built.status !== 0) throw new Error(built.stderr.toString());
    return new BuiltDataset(path, await openCurrent(dir));
  }

  /** Opens the version for asking. */
  async open(change: Partial<OpenOptions> = {}): Promise<OpenDataset> {
    const opened = await OpenDataset.open(this.version, {
      ...{ verify: 'digest', memoryLimit: '128MB', threads: 1, connections: 2, maxQueued: 100, queryTimeoutMs: 20_000 },
      rowBytes: 0,
      tempDir: join(this.path, 'temp'),
      observe: (observation) => void this.queries.push(observation),
      ...change,
    });
    this.opened.push(opened);
    return opened;
  }

  /** What services and repositories know of a dataset. */
  async served(): Promise<Dataset> {
    return { current: await this.open() } as unknown as Dataset;
  }

  async remove(): Promise<void> {
    for (const opened of this.opened) await opened.close();
    rmSync(this.path, { recursive: true });
  }
}
