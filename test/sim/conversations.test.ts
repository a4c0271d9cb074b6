/** Every conversation goes as it is written. `UPDATE=1 npx vitest run --project unit test/sim/conversations` writes down how they go now. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { play } from "./conversation.ts";

const DIRECTORY = join(import.meta.dirname, "conversations");
const PROTOCOL = readFileSync(join(import.meta.dirname, "../../docs/protocol.md"), "utf8");

describe("conversations", () => {
  it("are played only if every line is a command, and all that happens is told", () => {
    expect(() => play("alice jions main\n")).toThrow("'alice jions main' is no command");
    expect(() => play("hold main\n")).toThrow("'main' names no link");
    expect(() => play("servers main\n")).toThrow("after the last ----");
    expect(() => play("release main>b\n")).toThrow("'main>b' is not held");
    expect(play("run\n----\nwhat was told before\n\n")).toBe("run\n----\n(nothing)\n\n");
  });

  for (const file of readdirSync(DIRECTORY).sort()) {
    const path = join(DIRECTORY, file);
    const text = readFileSync(path, "utf8");
    const title = text.split("\n", 1)[0]?.slice(2) ?? "";

    it(title, () => {
      const ids = /^((?:[A-Z]\d+ )+)\S/.exec(title)?.[1]?.trim().split(" ") ?? [];
      expect(ids.length, `${file} begins with '# ' and ids of rules`).toBeGreaterThan(0);
      expect(ids.filter((id) => !PROTOCOL.includes(`- **${id}** `))).toEqual([]);
      const played = play(text);
      if (process.env.UPDATE) writeFileSync(path, played);
      else expect(played).toBe(text);
    });
  }
});
