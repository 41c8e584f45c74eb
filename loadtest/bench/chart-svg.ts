/** A bar of a chart. */
export interface Bar {
  readonly label: string;
  readonly value: number;
  /** Least and greatest of the values behind it, drawn as a thin line. */
  readonly range?: readonly [number, number];
  /** A mark that the bar is to stay below. */
  readonly limit?: number | undefined;
  /** What it is measured against, drawn in another colour. */
  readonly reference?: boolean;
}

const [WIDTH, LABELS, VALUES] = [760, 230, 70];
const [TOP, ROW, BAR] = [44, 28, 16];
/** System colours would not do: the file is shown as a picture, which knows the reader's scheme only by this query. */
const STYLE = `text{font:13px system-ui,sans-serif;fill:#1f2328}.title{font-weight:600}.value{font-size:12px}
.bar{fill:#0969da}.reference{fill:#818b98}.range{stroke:#1f2328;stroke-opacity:.55}.limit{stroke:#cf222e;stroke-width:2}
@media (prefers-color-scheme:dark){text{fill:#e6edf3}.bar{fill:#4493f8}.reference{fill:#767e89}.range{stroke:#e6edf3}.limit{stroke:#f85149}}`;

/**
 * A chart of horizontal bars as SVG, on no background of its own and with colours for light and dark pages. Values must
 * not be negative. Throws a RangeError for no bars and for values that are no numbers.
 */
export function barChart(title: string, unit: string, bars: readonly Bar[]): string {
  const all = bars.flatMap(({ value, range = [], limit = 0 }) => [value, limit, ...range]);
  if (bars.length === 0 || !all.every((value) => Number.isFinite(value) && value >= 0))
    throw new RangeError(`a chart needs bars with values from 0 on: ${JSON.stringify(bars)}`);
  const most = Math.max(...all) || 1;
  const x = (value: number) => round(LABELS + (value / most) * (WIDTH - LABELS - VALUES));
  const height = TOP + bars.length * ROW + 8;
  const limits = bars.some(({ limit }) => limit !== undefined) ? '; red: limit' : '';
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escape(title)}">`,
    `<style>${STYLE}</style>`,
    `<text class="title" x="8" y="22">${escape(title)}</text>`,
    `<text class="value" x="${WIDTH - 8}" y="22" text-anchor="end">${escape(unit)}${limits}</text>`,
    ...bars.map((bar, i) => barLines(bar, TOP + i * ROW, x)),
    '</svg>',
    '',
  ].join('\n');
}

function barLines({ label, value, range, limit, reference }: Bar, y: number, x: (value: number) => number): string {
  const middle = y + BAR / 2;
  const end = Math.max(x(value), x(range?.[1] ?? 0), x(limit ?? 0));
  const line = (kind: string, x1: number, y1: number, x2: number, y2: number) =>
    `<line class="${kind}" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}"/>`;
  return [
    `<text x="${LABELS - 8}" y="${middle + 4}" text-anchor="end">${escape(label)}</text>`,
    `<rect class="${reference ? 'reference' : 'bar'}" x="${LABELS}" y="${y}" width="${round(x(value) - LABELS)}" height="${BAR}" rx="2"/>`,
    range ? line('range', x(range[0]), middle, x(range[1]), middle) : '',
    limit === undefined ? '' : line('limit', x(limit), y - 3, x(limit), y + BAR + 3),
    `<text class="value" x="${end + 6}" y="${middle + 4}">${value.toFixed(1)}</text>`,
  ].join('');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (one) => `&#${one.charCodeAt(0)};`);
}
