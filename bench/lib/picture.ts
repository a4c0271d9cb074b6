/**
 * A bar chart as SVG: groups of horizontal bars, one bar for each series, with its name before it and its value behind. Readable on light and
 * dark pages, without a font, script or file of its own.
 */

export interface Series {
  /** Under which a group has its value. */
  readonly name: string;
  /** What stands before the bar. */
  readonly label: string;
  /** Whether the picture is about this one: drawn in colour, the others in grey. */
  readonly ours: boolean;
}

export interface Group {
  readonly label: string;
  /** By the names of the series, from 0; a series without a value has no bar here. */
  readonly values: Readonly<Record<string, number>>;
}

export interface Chart {
  readonly title: string;
  /** One line on what was measured, and in which unit. */
  readonly note: string;
  /** Logarithmic: equal ways are equal factors, for what differs by more than ten times. */
  readonly scale: "log" | "linear";
  /** A value as people read it, with its unit if it needs one. */
  readonly show: (value: number) => string;
  readonly series: readonly Series[];
  readonly groups: readonly Group[];
}

/** All lengths are in pixels. */
const WIDTH = 800;
const MARGIN = 16;
/** Where bars begin, and the room behind the longest one for its value. */
const LEFT = 160;
const RIGHT = 96;
const SPAN = WIDTH - LEFT - RIGHT;
const HEAD = 64;
const GROUP_HEAD = 28;
const ROW = 20;
const BAR = 14;
const FOOT = 32;
/** A linear axis has about so many lines. */
const LINES = 5;

const STYLE = `
  svg { --page: #ffffff; --text: #1f2328; --soft: #59636e; --line: #d1d9e0; --ours: #0969da; --theirs: #afb8c1; }
  @media (prefers-color-scheme: dark) {
    svg { --page: #0d1117; --text: #f0f6fc; --soft: #9198a1; --line: #30363d; --ours: #4493f8; --theirs: #656c76; }
  }
  text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; fill: var(--text); }
  text { stroke: var(--page); stroke-width: 3px; paint-order: stroke; }
  .title { font-size: 17px; font-weight: 600; }
  .group { font-size: 13px; font-weight: 600; }
  .soft { fill: var(--soft); }
  .end { text-anchor: end; }
  .middle { text-anchor: middle; }
  .page { fill: var(--page); }
  .ours { fill: var(--ours); }
  .theirs { fill: var(--theirs); }
  line { stroke: var(--line); }
`;

/** Throws if a value is no number from 0. */
export function draw(chart: Chart): string {
  const { title, note, series, groups, show } = chart;
  const axis = axisOf(chart);
  const bars: string[] = [];
  let y = HEAD;
  for (const { label, values } of groups) {
    bars.push(text(MARGIN, y + 18, "group", label));
    y += GROUP_HEAD;
    for (const { name, label, ours } of series) {
      const value = values[name];
      if (value === undefined) continue;
      const length = axis.length(value);
      const kind = ours ? "ours" : "theirs";
      bars.push(text(LEFT - 8, y + 11, "end", label));
      bars.push(`<rect class="${kind}" x="${LEFT}" y="${y}" width="${round(length)}" height="${BAR}" rx="2"/>`);
      bars.push(text(LEFT + length + 6, y + 11, ours ? "" : "soft", show(value)));
      y += ROW;
    }
  }
  const lines = axis.marks.flatMap((mark) => {
    const x = round(LEFT + axis.length(mark));
    return [`<line x1="${x}" y1="${HEAD}" x2="${x}" y2="${y}"/>`, text(x, y + 16, "soft middle", show(mark))];
  });
  const height = y + FOOT;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}</style>`,
    `<rect class="page" width="${WIDTH}" height="${height}" rx="6"/>`,
    text(MARGIN, 28, "title", title),
    text(MARGIN, 48, "soft", note),
    ...lines,
    ...bars,
    "</svg>\n",
  ].join("\n");
}

interface Axis {
  /** Pixels from where bars begin. */
  length(value: number): number;
  /** Values with a line. */
  readonly marks: readonly number[];
}

function axisOf({ scale, groups, series }: Chart): Axis {
  const values = groups.flatMap(({ values }) => series.flatMap(({ name }) => values[name] ?? []));
  const wrong = values.find((value) => !(value >= 0 && Number.isFinite(value)));
  if (wrong !== undefined) throw new RangeError(`a bar of ${wrong}: values are numbers from 0`);
  const positive = values.filter((value) => value > 0);
  if (positive.length === 0) return { length: () => 0, marks: [] };
  const most = Math.max(...positive);
  return scale === "log" ? logarithmic(Math.min(...positive), most) : linear(most);
}

/** From the power of ten below the least value, so that no bar has no length but that of 0. */
function logarithmic(least: number, most: number): Axis {
  const first = Math.ceil(Math.log10(least)) - 1;
  const decades = Math.log10(most) - first;
  const length = (value: number): number => (value === 0 ? 0 : ((Math.log10(value) - first) / decades) * SPAN);
  const marks = Array.from({ length: Math.floor(decades) + 1 }, (_, i) => 10 ** (first + i));
  return { length, marks };
}

/** A line each 1, 2 or 5 times a power of ten. */
function linear(most: number): Axis {
  const rough = most / LINES;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((times) => power * times >= rough) ?? 10);
  const marks = Array.from({ length: Math.floor(most / step) + 1 }, (_, i) => i * step);
  return { length: (value) => (value / most) * SPAN, marks };
}

function text(x: number, y: number, kind: string, words: string): string {
  return `<text x="${round(x)}" y="${y}"${kind === "" ? "" : ` class="${kind}"`}>${escaped(words)}</text>`;
}

const round = (pixels: number): number => Math.round(pixels * 10) / 10;

const escaped = (words: string): string => words.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
