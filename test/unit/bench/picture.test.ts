/** The bar chart, drawn of small data and read again. */
import { describe, expect, it } from "vitest";
import { type Chart, draw } from "../../../bench/lib/picture.ts";

const chart: Chart = {
  title: "Speed <of> A & B",
  note: "in steps",
  scale: "log",
  show: (value) => `${value}/s`,
  series: [
    { name: "a", label: "System A", ours: true },
    { name: "b", label: "System B", ours: false },
  ],
  groups: [
    { label: "few", values: { a: 20, b: 200 } },
    { label: "many", values: { a: 2000 } },
  ],
};

/** Class and width of each bar, from top to bottom. */
const barsOf = (svg: string): { kind: string; width: number }[] =>
  [...svg.matchAll(/<rect class="(ours|theirs)"[^>]* width="([^"]+)"/g)].map(([, kind = "", width]) => ({
    kind,
    width: Number(width),
  }));
const widthsOf = (chart: Chart): number[] => barsOf(draw(chart)).map(({ width }) => width);
const textsOf = (svg: string): string[] =>
  [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text = ""]) => text);

describe("a bar chart", () => {
  it("has a bar for each value, in the order of groups and series, and none where there is no value", () => {
    expect(barsOf(draw(chart)).map(({ kind }) => kind)).toEqual(["ours", "theirs", "ours"]);
    const texts = textsOf(draw(chart));
    expect(texts.slice(-8)).toEqual(["few", "System A", "20/s", "System B", "200/s", "many", "System A", "2000/s"]);
  });

  it("on a logarithmic scale is as much longer for each equal factor", () => {
    const [few = 0, tenTimes = 0, hundredTimes = 0] = widthsOf(chart);
    expect(few).toBeGreaterThan(0);
    expect(hundredTimes - tenTimes).toBeCloseTo(tenTimes - few, 0);
    expect(tenTimes - few).toBeGreaterThan(100);
  });

  it("on a linear scale is as long as its value says", () => {
    const [few = 0, tenTimes = 0, hundredTimes = 0] = widthsOf({ ...chart, scale: "linear" });
    expect(hundredTimes / tenTimes).toBeCloseTo(10, 0);
    expect(hundredTimes / few).toBeCloseTo(100, -1);
  });

  it("has lines at round values", () => {
    const marks = (scale: Chart["scale"]): string[] => textsOf(draw({ ...chart, scale })).slice(2, -8);
    expect(marks("log")).toEqual(["10/s", "100/s", "1000/s"]);
    expect(marks("linear")).toEqual(["0/s", "500/s", "1000/s", "1500/s", "2000/s"]);
  });

  it("shows what came to nothing as nothing", () => {
    const failed = { label: "failed", values: { a: 0 } };
    expect(widthsOf({ ...chart, groups: [...chart.groups, failed] }).at(-1)).toBe(0);
    expect(widthsOf({ ...chart, groups: [failed] })).toEqual([0]);
  });

  it("refuses what is no length", () => {
    for (const value of [-1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => draw({ ...chart, groups: [{ label: "x", values: { a: value } }] })).toThrow(RangeError);
  });

  it("is well-formed, whatever the words, and readable in the dark", () => {
    const svg = draw(chart);
    const open: string[] = [];
    for (const [, end, name = "", inside = ""] of svg.matchAll(/<(\/?)(\w+)([^>]*)>/g)) {
      if (end) expect(open.pop()).toBe(name);
      else if (!inside.endsWith("/")) open.push(name);
    }
    expect(open).toEqual([]);
    expect(textsOf(svg)[0]).toBe("Speed &lt;of&gt; A &amp; B");
    expect(svg).toContain("prefers-color-scheme: dark");
  });
});
