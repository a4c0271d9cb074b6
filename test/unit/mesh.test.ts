/** What a mesh in memory says of its relays, against figures worked out by hand. */
import { describe, expect, it } from "vitest";
import { Mesh, weigh } from "../../bench/lib/mesh.ts";

describe("what is relayed", () => {
  it("has vectors of so many characters, names and commas included", () => {
    const vv = { "main#0": 1 };
    expect(weigh({}).vectors).toBe(0);
    expect(weigh({ vv }).vectors).toBe('"vv":{"main#0":1},'.length);
    expect(weigh({ vv, want: ["b#0"], held: ["0", 1] }).vectors).toBe(
      '"vv":{"main#0":1},"want":["b#0"],"held":["0",1],'.length,
    );
    const batches = [
      { dep: {}, size: 5 },
      { dep: vv, size: 7 },
    ];
    expect(weigh({ batches })).toEqual({ vectors: '"dep":{},"dep":{"main#0":1},'.length, lines: 12 });
  });

  it("is a request per other server for one message, and for each of those said at once", () => {
    const mesh = new Mesh(4);
    expect(mesh.say(1).requests).toBe(3);
    expect(mesh.say(4).requests).toBe(12);
    expect(mesh.say(1).requests).toBe(3);
  });

  it("has more vectors the more servers there are, and as much of each message", () => {
    const [small, large] = [new Mesh(3), new Mesh(6)].map((mesh) => mesh.say(1));
    if (!small || !large) throw new Error("two meshes");
    expect(large.lines / large.requests).toBeCloseTo(small.lines / small.requests, -1);
    expect(large.vectors / large.requests).toBeGreaterThan((1.5 * small.vectors) / small.requests);
    expect(small.vectors + small.lines).toBeLessThan(small.bytes);
  });
});
