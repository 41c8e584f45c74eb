/** A line of a panel; a gap where there is no value. */
export interface PlotLine {
  readonly label: string;
  readonly points: readonly (readonly [x: number, y: number | undefined])[];
  /** Whether a value holds until the next one. */
  readonly steps?: boolean;
}

/** One of the pictures that lie below each other over the same time. */
export interface PlotPanel {
  readonly title: string;
  readonly lines: readonly PlotLine[];
  /** Whether the height stands for the logarithm of the value. */
  readonly logarithmic?: boolean;
}

const [WIDTH, LEFT, RIGHT, TOP] = [900, 64, 16, 46];
const [PANEL, GAP, BOTTOM] = [130, 38, 40];
/** A picture knows the reader's scheme only by this query. */
const STYLE = `text{font:12px system-ui,sans-serif;fill:#1f2328}.title{font-size:14px;font-weight:600}.panel{font-weight:600}
.grid{stroke:#d1d9e0;stroke-width:1}.l0,.l1,.l2{fill:none;stroke-width:1.6;stroke-linejoin:round}.l0{stroke:#0969da}.l1{stroke:#bf8700}.l2{stroke:#cf222e}
.k0{fill:#0969da}.k1{fill:#9a6700}.k2{fill:#cf222e}
@media (prefers-color-scheme:dark){text{fill:#e6edf3}.grid{stroke:#3d444d}.l0{stroke:#4493f8}.l1{stroke:#d29922}.l2{stroke:#f85149}.k0{fill:#4493f8}.k1{fill:#d29922}.k2{fill:#f85149}}`;

/**
 * Panels of lines (three at the most in each) over seconds as SVG, on no background of its own and with colours for light
 * and dark pages. Values must not be negative. Throws a RangeError when there is nothing to draw.
 */
export function linePlot(title: string, panels: readonly PlotPanel[]): string {
  const xs = panels.flatMap(({ lines }) => lines.flatMap(({ points }) => points.map(([x]) => x)));
  if (xs.length === 0) throw new RangeError('a plot needs at least one point');
  const seconds = Math.max(
    1,
    xs.reduce((most, x) => Math.max(most, x), 0),
  );
  const x = (value: number) => round(LEFT + (Math.max(0, value) / seconds) * (WIDTH - LEFT - RIGHT));
  const height = TOP + panels.length * (PANEL + GAP) + BOTTOM - GAP;
  const bottom = height - BOTTOM;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escape(title)}">`,
    `<style>${STYLE}</style>`,
    `<text class="title" x="8" y="18">${escape(title)}</text>`,
    ...panels.flatMap((panel, i) => drawPanel(panel, TOP + i * (PANEL + GAP), x)),
    ...ticks(seconds, 10).map(
      (value) => `<text x="${x(value)}" y="${bottom + 18}" text-anchor="middle">${value} s</text>`,
    ),
    '</svg>',
    '',
  ].join('\n');
}

function drawPanel(
  { title, lines, logarithmic = false }: PlotPanel,
  top: number,
  x: (value: number) => number,
): string[] {
  const values = lines.flatMap(({ points }) => points.flatMap(([, y]) => (y === undefined ? [] : [y])));
  const most = values.reduce((a, b) => Math.max(a, b), logarithmic ? 1 : 0) || 1;
  const least = values.reduce((a, b) => Math.min(a, b), most);
  const marks = logarithmic ? decades(least, most) : ticks(most, 4);
  const [low, high] = [logarithmic ? marks[0]! : 0, Math.max(most, marks.at(-1)!)];
  const scale = (value: number) => (logarithmic ? Math.log10(Math.max(value, low) / low) : value);
  const y = (value: number) => round(top + PANEL - 20 - (scale(value) / (scale(high) || 1)) * (PANEL - 24));
  let at = LEFT + 8 * title.length;
  return [
    `<text class="panel" x="${LEFT}" y="${top - 4}">${escape(title)}</text>`,
    ...(lines.length > 1
      ? lines.map(({ label }, i) => {
          at += 8 * (lines[i - 1]?.label.length ?? 0) + 16;
          return `<text class="k${i}" x="${at}" y="${top - 4}">${escape(label)}</text>`;
        })
      : []),
    ...marks.flatMap((mark) => [
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(mark)}" y2="${y(mark)}"/>`,
      `<text x="${LEFT - 6}" y="${y(mark) + 4}" text-anchor="end">${mark.toLocaleString('en-US')}</text>`,
    ]),
    ...lines.map((line, i) => `<path class="l${i}" d="${pathOf(line, x, y)}"/>`),
  ];
}

function pathOf({ points, steps = false }: PlotLine, x: (v: number) => number, y: (v: number) => number): string {
  let pen = 'M';
  return points
    .map(([at, value]) => {
      if (value === undefined) {
        pen = 'M';
        return '';
      }
      const to = steps && pen === 'L' ? `H${x(at)}V${y(value)}` : `${pen}${x(at)} ${y(value)}`;
      pen = 'L';
      return to;
    })
    .join('');
}

/** Round values from 0 to at most the greatest, about so many. */
function ticks(most: number, about: number): readonly number[] {
  const raw = most / about;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= raw * 0.999) ?? raw;
  return Array.from({ length: Math.floor(most / step + 1e-9) + 1 }, (_, i) => Number((i * step).toPrecision(12)));
}

/** Powers of ten around the values. */
function decades(least: number, most: number): readonly number[] {
  const [from, to] = [Math.floor(Math.log10(Math.max(least, 0.01))), Math.ceil(Math.log10(most))];
  return Array.from({ length: Math.max(1, to - from) + 1 }, (_, i) => Number((10 ** (from + i)).toPrecision(1)));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (one) => `&#${one.charCodeAt(0)};`);
}
