/** The command line and the cookie: what is understood, and what is refused before anything is sent. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { HELP, readArgs, UsageError } from "../../client/cli/args.ts";
import { linesOf, readOrder } from "../../client/cli/input.ts";
import { cookieFor, isLoopback } from "../../client/cli/operator.ts";

const where = { url: "http://localhost:8787", chat: "lobby" };

it("T10 T15 the help begins with an example that works", () => {
  const example = /^ +npx chatty (\w+) /.exec(HELP)?.[1] ?? "";
  expect(readArgs([example])).toEqual({ do: "chat", name: "John", json: false, ...where });
});

it("T9 T11 T15 every command is understood", () => {
  const url = "http://127.0.0.2:9000";
  expect(readArgs(["John", "--url", `${url}/`, "--chat", "tea", "--server", "b", "--json"])).toEqual({
    do: "chat",
    name: "John",
    json: true,
    url,
    chat: "tea",
    server: "b",
  });
  expect(readArgs(["servers"])).toEqual({ do: "servers", json: false, ...where });
  expect(readArgs(["start", "b", "--boot", "main@far:1"])).toMatchObject({
    do: "start",
    server: "b",
    boot: "main@far:1",
  });
  expect(readArgs(["disconnect", "b", "--force"])).toMatchObject({ do: "disconnect", server: "b", force: true });
  expect(readArgs(["--", "servers"])).toMatchObject({ do: "chat", name: "servers" });
  expect(readArgs(["John", "--resume", "john.json"])).toEqual({
    do: "chat",
    name: "John",
    json: false,
    resume: "john.json",
    ...where,
  });
  expect(readArgs(["-h"])).toEqual({ do: "help" });
  expect(readArgs(["--version"])).toEqual({ do: "version" });
});

it.each([
  ["nobody", []],
  ["an unknown option", ["John", "--loud"]],
  ["a name in two words", ["John", "Doe"]],
  ["no value", ["John", "--chat"]],
  ["a bad chat", ["John", "--chat", "Lobby!"]],
  ["a bad server", ["John", "--server", "../main"]],
  ["a URL without scheme", ["John", "--url", "localhost:8787"]],
  ["a URL of another kind", ["John", "--url", "ftp://localhost"]],
  ["start without a server", ["start"]],
  ["start of two", ["start", "b", "c"]],
  ["an operator's option in a chat", ["John", "--force"]],
  ["a file to resume an order", ["servers", "--resume", "x"]],
  ["another command's option", ["servers", "--boot", "main"]],
])("T10 a command line with %s is refused", (_, args) => {
  expect(() => readArgs(args)).toThrow(UsageError);
});

it("T11 the cookie comes from a file or the environment; the one everybody knows is for this machine only", () => {
  const home = mkdtempSync(join(tmpdir(), "chatty-cookie-"));
  try {
    const file = join(home, "cookie");
    writeFileSync(file, "from-file\n");
    const far = "https://chat.example";
    expect(cookieFor(far, file, { CHATTY_COOKIE: "from-env" })).toBe("from-file");
    expect(cookieFor(far, undefined, { CHATTY_COOKIE: "from-env" })).toBe("from-env");
    expect(cookieFor("http://127.0.0.1:8787", undefined, {})).toBe("secret");
    for (const env of [{}, { CHATTY_COOKIE: "" }])
      expect(() => cookieFor(far, undefined, env)).toThrow("CHATTY_COOKIE");
    expect(() => cookieFor(far, undefined, { CHATTY_COOKIE: "two\nlines" })).toThrow(UsageError);
    expect(() => cookieFor(far, join(home, "none"), {})).toThrow(UsageError);
    writeFileSync(file, "\n");
    expect(() => cookieFor("http://localhost", file, {})).toThrow("empty");
  } finally {
    rmSync(home, { recursive: true });
  }
});

it("T11 this machine is localhost, 127.0.0.0/8 and ::1, and nothing that looks like it", () => {
  const host = (url: string) => new URL(url).hostname;
  for (const url of [
    "http://localhost:1",
    "http://127.0.0.1",
    "http://127.9.8.7:80",
    "http://127.1",
    "http://[::1]:8787",
  ])
    expect([url, isLoopback(host(url))]).toEqual([url, true]);
  for (const url of [
    "http://127.0.0.1.evil.example",
    "http://localhost.evil",
    "http://128.0.0.1",
    "http://[::2]",
    "http://x",
  ])
    expect([url, isLoopback(host(url))]).toEqual([url, false]);
});

it("T5 T6 a line typed is a message, a command, or nothing", () => {
  expect(readOrder("hi!")).toEqual({ do: "send", text: "hi!" });
  expect(readOrder(" exit")).toEqual({ do: "send", text: " exit" });
  expect(readOrder("exit")).toEqual({ do: "leave" });
  expect(readOrder("//x")).toEqual({ do: "send", text: "/x" });
  expect(readOrder("/who ")).toEqual({ do: "who" });
  expect(readOrder("/servers")).toEqual({ do: "servers" });
  expect(readOrder("/help")).toEqual({ do: "help" });
  expect(readOrder("/whoami")).toEqual({ do: "unknown", command: "/whoami" });
  expect(readOrder("  ")).toEqual({ do: "nothing" });
});

async function lines(...chunks: (Uint8Array | string)[]): Promise<string[]> {
  async function* stream() {
    yield* chunks;
  }
  const read: string[] = [];
  for await (const line of linesOf(stream())) read.push(line);
  return read;
}

it("T8 lines are lines, however the bytes come", async () => {
  const bytes = new TextEncoder().encode("wörld 日本\r\nnext\n\nlast");
  expect(await lines(...Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(["wörld 日本", "next", "", "last"]);
  expect(await lines("a\nb", "c\n")).toEqual(["a", "bc"]);
  expect(await lines()).toEqual([]);
});

it("T8 of an endless line only the beginning is kept, and the lines after it are whole", async () => {
  const [first, ...rest] = await lines(...Array.from({ length: 1000 }, () => "x".repeat(65_536)), "\nshort\n");
  expect(first?.length).toBeGreaterThan(8192);
  expect(first?.length).toBeLessThan(200_000);
  expect(rest).toEqual(["short"]);
});
