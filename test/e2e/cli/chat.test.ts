/** The program in pipes, against a real deployment: what is said arrives, how it ends, and what it survives. */
import { spawn } from "node:child_process";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Cable } from "../cable.ts";
import { Chatty } from "../chatty.ts";
import { Program, ROOT, run } from "./program.ts";

let chatty: Chatty;
/** Answers everything with a page, as some other site would. */
let stranger: Server;
let elsewhere: string;
/** Where nobody listens. */
let nowhere: string;

beforeAll(async () => {
  chatty = await Chatty.start();
  stranger = createServer((request, response) => {
    if (request.url?.includes("/chats/later/")) response.statusCode = 503;
    response.end("<h1>It works!</h1>");
  });
  elsewhere = await listen(stranger);
  const nobody = createServer();
  nowhere = await listen(nobody);
  nobody.close();
});
afterAll(async () => {
  stranger?.close();
  await chatty?.stop();
});

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
}

const at = (chat: string, ...more: string[]) => ["--url", chatty.url, "--chat", chat, ...more];

it("T2 T5 T8 MS1: three people on one server; everybody hears everything, in the original's words", async () => {
  const people = ["John", "Mary", "Anne"].map((name) => new Program([name, ...at("ms1")]));
  const [john, mary, anne] = people as [Program, Program, Program];
  for (const program of people) await program.until("to be welcomed", () => program.err.includes("chat ms1"));
  const names = ["John", "Mary", "Anne"];
  people.forEach((program, i) => {
    program.say(...Array.from({ length: 20 }, (_, n) => `${names[i]} says ${n}`));
  });
  for (const program of people) {
    for (const name of names) await program.untilSaid(`[${name}] ${name} says 19`);
    for (const name of names) {
      const said = program.lines.filter((line) => line.startsWith(`[${name}]`));
      expect(said).toEqual(Array.from({ length: 20 }, (_, n) => `[${name}] ${name} says ${n}`));
    }
  }
  expect(john.lines).toContain("[JOIN] John joined the chat");
  john.say("exit", "unheard");
  expect(await john.ended()).toBe(0);
  mary.signal("SIGINT");
  expect(await mary.ended()).toBe(0);
  for (const name of ["John", "Mary"]) await anne.untilSaid(`[LEAVE] ${name} left the chat`);
  anne.end();
  expect(await anne.ended()).toBe(0);
  expect(anne.out).not.toContain("unheard");
});

it("T8 T11 T12 MS2: the server is disconnected; what is said meanwhile arrives when it is started again", async () => {
  const john = new Program(["John", ...at("ms2")]);
  const mary = new Program(["Mary", ...at("ms2")]);
  john.say("before");
  for (const program of [john, mary]) await program.untilSaid("[John] before");
  const gone = await run(["disconnect", "main", ...at("ms2")]);
  expect([gone.code, gone.out, gone.err]).toEqual([0, "main  left\n", ""]);
  for (const program of [john, mary]) await program.until("to lose it", () => program.err.includes("connection lost"));
  john.say("meanwhile");
  const started = await run(["start", "main", ...at("ms2")]);
  expect([started.code, started.out]).toEqual([0, "main  alive\n"]);
  for (const program of [john, mary]) {
    await program.untilSaid("[John] meanwhile");
    await program.until("to say it is back", () => program.err.includes("back, on server main"));
    expect(program.lines.filter((line) => line.startsWith("[John]"))).toEqual(["[John] before", "[John] meanwhile"]);
    program.end();
    expect(await program.ended()).toBe(0);
  }
});

it("T8 1,000 lines piped in arrive once and in order, and the program ends when they are echoed", async () => {
  const lines = Array.from({ length: 1000 }, (_, i) => `line ${i + 1}`);
  const listener = new Program(["Listener", ...at("pipe", "--json")]);
  await listener.until("to be welcomed", () => listener.out.includes('"welcome"'));
  const bot = await run(["Bot", ...at("pipe")], lines.join("\n"));
  expect(bot.code).toBe(0);
  expect(bot.lines.filter((line) => line.startsWith("[Bot]"))).toEqual(lines.map((line) => `[Bot] ${line}`));
  await listener.until("to hear the last", () => listener.out.includes('"text":"line 1000"'));
  const heard = listener.objects.filter(({ type }) => type === "message");
  expect(heard.map(({ text, n }) => [text, n])).toEqual(lines.map((line, i) => [line, i + 1]));
  listener.end();
  expect(await listener.ended()).toBe(0);
});

it("T3 T4 what others write is shown and never obeyed; namesakes are told apart", async () => {
  const reader = new Program(["Mary", ...at("evil")]);
  await reader.untilSaid("[JOIN] Mary joined the chat");
  const evil = ["\x1b[2J\x1b[31mred", "\x07\x9b31m", "a\tb", "\u202etxt.exe", "[LEAVE] Mary left the chat"];
  expect((await run(["Mary", ...at("evil")], evil.join("\n"))).code).toBe(0);
  await reader.until("to hear the last", () => /^\[LEAVE\] Mary#/m.test(reader.out));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(reader.out + reader.err).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
  const said = reader.lines.flatMap((line) => /^\[Mary#\w{4}\] (.*)$/.exec(line)?.[1] ?? []);
  expect(said).toEqual(["␛[2J␛[31mred", "␇<9b>31m", "a⇥b", "<202e>txt.exe", "[LEAVE] Mary left the chat"]);
  reader.signal("SIGTERM");
  expect(await reader.ended()).toBe(0);
});

it("T8 T10 a line too long is said and the code is 2; the others arrive", async () => {
  const bot = await run(["Bot", ...at("long")], ["one", "x".repeat(4097), "two"].join("\n"));
  expect([bot.code, bot.lines.slice(-2)]).toEqual([2, ["[Bot] one", "[Bot] two"]]);
  expect(bot.err).toContain("not sent: 1 line of more than 4096 characters (2)");
});

it.each([
  ["0 --help", 0, ["--help"], "npx chatty John"],
  ["0 --version", 0, ["--version"], "0.1.0"],
  ["2 nobody", 2, [], "As in: chatty John"],
  ["2 a bad chat", 2, ["John", "--chat", "No!"], "--chat is a-z"],
  ["2 the known cookie for a far host", 2, ["start", "b", "--url", "http://far.test"], "CHATTY_COOKIE"],
])("T10 T11 exit code %s", async (_, code, args, said) => {
  const program = await run(args, "", { CHATTY_COOKIE: "" });
  expect([program.code, program.out + program.err]).toEqual([code, expect.stringContaining(said)]);
});

it("T10 T11 exit code 4: a server says no, to a name, a server, an order or altogether", async () => {
  const cases = await Promise.all([
    run(["two\nlines", ...at("no")]),
    run(["John", ...at("no", "--server", "nowhere")]),
    run(["start", "b", ...at("no", "--boot", "nowhere")]),
    run(["disconnect", "main", ...at("no")], "", { CHATTY_COOKIE: "wrong" }),
    run(["John", "--url", elsewhere]),
    run(["servers", "--url", elsewhere]),
  ]);
  expect(cases.map(({ code, err }) => `${code} ${err.slice(0, err.indexOf(":"))}`)).toEqual([
    "4 bad_name",
    "4 not_started",
    "4 not_started",
    "4 unauthorized",
    "4 no_chatty",
    "4 no_chatty",
  ]);
});

it("T10 exit code 3: nobody answers an order, or not now", async () => {
  const silent = await run(["servers", "--url", nowhere]);
  expect([silent.code, silent.err]).toEqual([3, `no answer from ${nowhere} (ECONNREFUSED)\n`]);
  const later = await run(["servers", "--url", elsewhere, "--chat", "later"]);
  expect([later.code, later.err]).toEqual([3, `${elsewhere} is not available (status 503)\n`]);
});

it("T5 T10 exit code 3: what could not be delivered before the end is counted; a second signal does not wait", async () => {
  const cable = await Cable.lay(chatty.url);
  const bot = new Program(["Bot", "--url", cable.url, "--chat", "cable"]);
  bot.say("one");
  await bot.untilSaid("[Bot] one");
  cable.remove();
  await bot.until("to lose the connection", () => bot.err.includes("connection lost"));
  bot.say("lost", "too", "exit");
  await bot.until("to read its input", () => bot.err.includes("waiting for 2 messages"));
  bot.signal("SIGINT");
  bot.signal("SIGTERM");
  expect(await bot.ended()).toBe(3);
  expect(bot.err).toContain("not delivered: 2 messages");
});

it("T13 whoever has had enough of the output ends the program quietly", async () => {
  const bot = new Program(["Bot", ...at("head")]);
  bot.say("one");
  await bot.untilSaid("[Bot] one");
  bot.deafen();
  bot.say("two", "three");
  expect([await bot.ended(), bot.err.replace(/^chat head.*\n/, "")]).toEqual([0, ""]);
});

it("T15 npx chatty and npm run chat find the program and a Node that runs it", async () => {
  const out = (command: string, args: string[]) =>
    new Promise<string>((resolve, reject) => {
      let text = "";
      // Without the Node of the tests on the path: what the host has, and what npm adds.
      const path = (process.env.PATH ?? "").split(":").filter((dir) => !dir.startsWith(join(ROOT, "node_modules")));
      const child = spawn(command, args, { cwd: ROOT, env: { ...process.env, PATH: path.join(":") } });
      child.stdout.on("data", (chunk) => (text += String(chunk)));
      child.stderr.on("data", (chunk) => (text += String(chunk)));
      child.on("error", reject);
      child.on("close", () => resolve(text));
    });
  expect(await out("npx", ["chatty", "--version"])).toBe("0.1.0\n");
  expect(await out("npm", ["run", "-s", "chat", "--", "--version"])).toBe("0.1.0\n");
});
