import type { Reference } from './reference.js';

/** A request and what has to come back. */
export interface Question {
  readonly path: string;
  readonly status: 200 | 404;
  readonly expected: unknown;
}

/** The values from which questions are made. */
export interface Filters {
  readonly regions: readonly string[];
  readonly artists: readonly string[];
  readonly dates: readonly string[];
}

/** Names that no dataset has, some of them odd. */
const UNKNOWN = ['Nobody', '', ' ', "'; DROP TABLE chart; --", 'a'.repeat(300), '__proto__', '\u0000', '💥', '%', 'ﬀ'];

/** Makes questions to all routes from a sequence of pseudo-random numbers, so that a failure can be asked again. */
export class Questions {
  constructor(
    private readonly reference: Reference,
    private readonly filters: Filters,
    /** A number from 0 up to 1. */
    private readonly random: () => number,
  ) {}

  /** The next question: half of them of rankings and artists, the rest of every combination of tracks and of filters. */
  async next(): Promise<Question> {
    const kind = this.random();
    if (kind < 0.3) return this.rankings();
    if (kind < 0.6) return this.artist();
    if (kind < 0.99) return this.tracks();
    return { path: '/filters', status: 200, expected: await this.reference.filters() };
  }

  private async rankings(): Promise<Question> {
    const region = this.name(this.filters.regions);
    const chart = this.random() < 0.5 ? undefined : this.pick(['top200', 'viral50']);
    const limit = this.limit();
    const isKnown = this.filters.regions.includes(region);
    const date = isKnown && this.random() < 0.1 ? 'latest' : this.date();
    const day = date === 'latest' ? await this.reference.latest(region, chart ?? 'top200') : date;
    return {
      path: query('/rankings', { region, date, limit, chart }),
      status: 200,
      expected: day === null ? [] : await this.reference.rankings(region, day, limit ?? 10, chart ?? 'top200'),
    };
  }

  private async artist(): Promise<Question> {
    const artist = this.name(this.filters.artists);
    const limit = this.limit();
    const offset = this.random() < 0.4 ? undefined : Math.floor(10 ** (this.random() * 5)) - 1;
    const chart = this.random() < 0.7 ? undefined : this.pick(['top200', 'viral50']);
    const path = query('/artist', { artist, limit, offset, chart });
    if (!this.filters.artists.includes(artist)) return { path, status: 404, expected: 'Artist not found' };
    return { path, status: 200, expected: await this.reference.artist(artist, limit ?? 10, offset ?? 0, chart) };
  }

  private async tracks(): Promise<Question> {
    const wanted = {
      ...(this.random() < 0.6 && { region: this.name(this.filters.regions) }),
      ...(this.random() < 0.6 && { artist: this.name(this.filters.artists) }),
      ...(this.random() < 0.5 && { date: this.date() }),
    };
    return { path: query('/tracks', wanted), status: 200, expected: await this.reference.tracks(wanted) };
  }

  private name(known: readonly string[]): string {
    if (this.random() > 0.05) return this.pick(known);
    // An empty parameter is a fault of the request, which is tested apart.
    return this.pick(UNKNOWN.filter((name) => name !== ''));
  }

  private date(): string {
    return this.random() < 0.95 ? this.pick(this.filters.dates) : this.pick(['1999-12-31', '2016-02-29', '2100-01-01']);
  }

  private limit(): number | undefined {
    if (this.random() < 0.3) return undefined;
    return this.random() < 0.5 ? 1 + Math.floor(this.random() * 50) : this.pick([1, 49, 50, 51, 200, 999, 1000]);
  }

  private pick<T>(values: readonly T[]): T {
    return values[Math.floor(this.random() * values.length)]!;
  }
}

function query(path: string, parameters: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
  const text = given.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&');
  return text === '' ? path : `${path}?${text}`;
}
