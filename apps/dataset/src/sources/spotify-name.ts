import { basename } from 'node:path';
import { parseDay, formatDay, type Manifest } from '#libs/catalog';
import { UsageError } from '../reporting.js';
import type { RowDefaults } from '../rows.js';
import { REGION_CODES, regionOf } from './countries.js';

/** Whether the dates of a dataset are days or weeks. */
export type Period = Manifest['period'];

/** What the name of a Spotify chart download says about all its rows. */
export interface SpotifyName {
  readonly period: Period;
  readonly defaults: Required<RowDefaults>;
}

const SHAPE =
  /^(regional|viral)-([a-z]+)-(daily|weekly)-(\d{4}-\d{2}-\d{2})(?:--(\d{4}-\d{2}-\d{2}))?\.csv(?:\.gz|\.zst)?$/i;

/**
 * Reads region, chart, date and period off the name of a Spotify chart download, as `regional-us-daily-2021-01-31.csv`.
 * Old weekly downloads name a range Friday--Friday; their date is the last chart day in it, the Thursday.
 * Throws {@link UsageError} that says how the file must be named.
 */
export function parseSpotifyName(path: string): SpotifyName {
  const match = SHAPE.exec(basename(path));
  if (!match) {
    throw new UsageError(
      `${path} is a Spotify chart download, whose region and date are read off its name: name it like "regional-us-daily-2021-01-31.csv" (regional or viral, a country code or "global", daily or weekly, the date YYYY-MM-DD; .csv, .csv.gz or .csv.zst).`,
    );
  }
  const [, kind = '', code = '', rhythm = '', first = '', last] = match;
  const region = regionOf(code);
  if (region === undefined) {
    throw new UsageError(
      `${path}: no region is known for the country code "${code}"; known are ${REGION_CODES.join(', ')}.`,
    );
  }
  const period = rhythm.toLowerCase() as Period;
  return {
    period,
    defaults: {
      region,
      chart: kind.toLowerCase() === 'viral' ? 'viral50' : 'top200',
      date: chartDate(path, period, first, last),
    },
  };
}

function chartDate(path: string, period: Period, first: string, last: string | undefined): string {
  const from = parseDay(first);
  if (from === undefined) throw new UsageError(`${path}: ${first} in its name is no calendar date YYYY-MM-DD.`);
  if (last === undefined) return first;
  const to = parseDay(last);
  if (to === undefined) throw new UsageError(`${path}: ${last} in its name is no calendar date YYYY-MM-DD.`);
  if (period !== 'weekly' || to - from !== 7) {
    throw new UsageError(
      `${path}: a range of dates in a name must be that of a weekly chart, from Friday to the Friday after.`,
    );
  }
  return formatDay(to - 1);
}
