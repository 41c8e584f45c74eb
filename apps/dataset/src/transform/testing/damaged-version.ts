import { cp, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { blobValue, DuckDBInstance, type DuckDBBlobValue, type DuckDBConnection } from '@duckdb/node-api';
import { MANIFEST_FILE, SERVING_FILE, sha256File, type DatasetVersion, type Manifest } from '#libs/catalog';
import { decodeEntries, encodeEntries, EntryColumns } from '#libs/serving';

/** Tables whose rows hold entries, with their keys. */
const KEYS = { chart: 'chart_key', artist_page: 'page_key', top_list: 'list_key' } as const;

/**
 * A copy of a version after something was done to its serving file; the manifest is made to fit the file's new bytes, so
 * that only what looks deeper than their digest can find it.
 */
export async function damagedVersion(
  version: DatasetVersion,
  folder: string,
  damage: (serving: ServingDamage) => Promise<void>,
): Promise<DatasetVersion> {
  await cp(version.folder, folder, { recursive: true });
  const servingFile = join(folder, SERVING_FILE);
  const instance = await DuckDBInstance.create(servingFile);
  const connection = await instance.connect();
  await damage(new ServingDamage(connection));
  await connection.run('CHECKPOINT');
  connection.closeSync();
  instance.closeSync();
  const [bytes, sha256] = [(await stat(servingFile)).size, await sha256File(servingFile)];
  const files = version.manifest.files.map((file) => (file.name === SERVING_FILE ? { ...file, bytes, sha256 } : file));
  return withManifest({ ...version, folder, servingFile }, { files });
}

/** The version with other words in its manifest. */
export async function withManifest(version: DatasetVersion, change: Partial<Manifest>): Promise<DatasetVersion> {
  const manifest = { ...version.manifest, ...change };
  await writeFile(join(version.folder, MANIFEST_FILE), JSON.stringify(manifest));
  return { ...version, manifest };
}

/** Ways to change a serving file. */
export class ServingDamage {
  constructor(private readonly connection: DuckDBConnection) {}

  /** Runs a statement. */
  async run(sql: string): Promise<void> {
    await this.connection.run(sql);
  }

  /** The number that a query answers. */
  async number(sql: string): Promise<number> {
    const reader = await this.connection.runAndReadAll(sql);
    return Number(reader.getRowsJS()[0]![0]);
  }

  /** Lets a function change the entries of a row. */
  async entries(table: keyof typeof KEYS, key: number, change: (entries: EntryColumns) => void): Promise<void> {
    const read = `SELECT entries FROM ${table} WHERE ${KEYS[table]} = ${key}`;
    const rows = (await this.connection.runAndReadAll(read)).getRows();
    const entries = new EntryColumns();
    decodeEntries((rows[0]![0] as DuckDBBlobValue).bytes, entries);
    change(entries);
    await this.blob(table, key, encodeEntries(entries, 0, entries.length));
  }

  /** Puts other bytes in the place of a row's entries. */
  async blob(table: keyof typeof KEYS, key: number, bytes: Uint8Array): Promise<void> {
    const update = `UPDATE ${table} SET entries = $1 WHERE ${KEYS[table]} = ${key}`;
    await this.connection.run(update, [blobValue(bytes)]);
  }
}

/** Changes the places of two entries. */
export function swap(entries: EntryColumns, i: number, j: number): void {
  const spare = entries.pick([i]);
  entries.put(i, entries, j);
  entries.put(j, spare, 0);
}
