import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SERVING_FILE, type DatasetVersion } from '#libs/catalog';
import { silent } from '../../reporting.js';
import { findSourceFiles } from '../../sources/source-files.js';
import { buildVersion, type BuildOptions } from '../build.js';
import { verifyVersion } from '../verify.js';

/** Bounds of everything that is built in tests. */
export const MEMORY_BYTES = 512e6;

/** A folder in which versions are built from the content of files. */
export class BuildFolder {
  private inputs = 0;
  private builds = 0;

  private constructor(readonly path: string) {}

  static async create(): Promise<BuildFolder> {
    return new BuildFolder(await mkdtemp(join(tmpdir(), 'transform-')));
  }

  /** Path of a name in the folder. */
  at(name: string): string {
    return join(this.path, name);
  }

  /** Builds a version from files of these names and contents, as buildVersion does. */
  async build(
    files: Readonly<Record<string, string | Uint8Array>>,
    options: Partial<BuildOptions> = {},
  ): Promise<DatasetVersion> {
    const input = this.at(`input-${++this.inputs}`);
    await mkdir(input);
    const paths = Object.keys(files).map((name) => join(input, name));
    await Promise.all(Object.values(files).map((content, index) => writeFile(paths[index]!, content)));
    return this.buildFrom(paths, options);
  }

  /** Builds a version from files that are there already. */
  async buildFrom(paths: readonly string[], options: Partial<BuildOptions> = {}): Promise<DatasetVersion> {
    const place = this.at(`build-${++this.builds}`);
    const [folder, tempDir] = [join(place, 'version'), join(place, 'temp')];
    for (const path of [folder, tempDir]) await mkdir(path, { recursive: true });
    const period = options.period ?? 'daily';
    const { manifest } = await buildVersion({
      files: await findSourceFiles({ files: paths, period, reporter: silent }),
      replaceDays: false,
      folder,
      tempDir,
      period,
      maxRejects: 0,
      memoryLimitBytes: MEMORY_BYTES,
      threads: 2,
      reporter: silent,
      signal: new AbortController().signal,
      ...options,
    });
    return { manifest, folder, servingFile: join(folder, SERVING_FILE) };
  }

  /** What verifyVersion finds. */
  verify(version: DatasetVersion): Promise<readonly string[]> {
    const bounds = { memoryLimitBytes: MEMORY_BYTES, threads: 1, tempDir: this.path };
    return verifyVersion(version, { ...bounds, reporter: silent });
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}
