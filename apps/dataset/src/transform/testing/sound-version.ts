import { listKeys, type DatasetVersion } from '#libs/catalog';
import { BuildFolder } from './build-folder.js';
import { chartCsv, chartDays } from './chart-rows.js';
import { damagedVersion, type ServingDamage } from './damaged-version.js';

const [REGIONS, DAYS] = [['Global', 'Brazil', 'Österreich'], 12] as const;

/** Keys of the top lists of a {@link SoundVersion}. */
export const LIST_KEYS = listKeys(REGIONS.length, DAYS);

/** Something done to a serving file, and a line of what verification says of it. */
export type DamageCase = readonly [what: string, damage: (serving: ServingDamage) => Promise<void>, fault: RegExp];

/** A version of 72 charts as it was built; one artist has enough entries for top lists of their own. */
export class SoundVersion {
  private copies = 0;

  private constructor(
    readonly folder: BuildFolder,
    readonly version: DatasetVersion,
  ) {}

  static async create(): Promise<SoundVersion> {
    const folder = await BuildFolder.create();
    const rows = chartDays(DAYS, REGIONS, 40).map((row) =>
      ['Kites', '바람 🎵'].includes(row.artist) ? { ...row, artist: 'Ona Bel' } : row,
    );
    return new SoundVersion(folder, await folder.build({ 'charts.csv': chartCsv(rows) }));
  }

  /** A copy to which something was done. */
  copy(damage: (serving: ServingDamage) => Promise<void> = () => Promise.resolve()): Promise<DatasetVersion> {
    return damagedVersion(this.version, this.folder.at(`copy-${++this.copies}`), damage);
  }

  /** What verification finds in a copy to which something was done. */
  async faultsAfter(damage: (serving: ServingDamage) => Promise<void>): Promise<readonly string[]> {
    return this.folder.verify(await this.copy(damage));
  }

  remove(): Promise<void> {
    return this.folder.remove();
  }
}
