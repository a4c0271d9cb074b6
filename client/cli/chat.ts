/** Joins a chat and talks, on a terminal or without one, until it ends; and how it ended. */
import type { ReadStream } from "node:tty";
import { MAX_TEXT } from "../../src/chat/limits.ts";
import { Client, SnapshotError, type Status } from "../lib/index.ts";
import type { Command } from "./args.ts";
import { OK, REFUSED, UNREACHABLE, USAGE } from "./codes.ts";
import { amount, Conversation, type Output } from "./conversation.ts";
import { host } from "./host.ts";
import type { Refused } from "./http.ts";
import { Leaving } from "./leaving.ts";
import { giveUp, watchRefusals } from "./patience.ts";
import { Plain, sendLines, welcomed } from "./pipe.ts";
import { ResumeFile } from "./resume.ts";
import { isRich, wantsColour } from "./style.ts";
import { Talk } from "./talk.ts";
import { Terminal } from "./terminal.ts";
import { visible } from "./visible.ts";

/** Lines too long to send that are listed by number. */
const LISTED = 5;

type Final = Extract<Status, { final: true }>;
type Chat = Extract<Command, { do: "chat" }>;
type File = ResumeFile | undefined;
type Ended = Promise<Final>;

/** Answers the exit code. Throws UsageError if the file to resume from cannot be used. */
export async function chat(options: Chat, process: NodeJS.Process): Promise<number> {
  const file = options.resume === undefined ? undefined : new ResumeFile(options.resume);
  try {
    return await converse(clientOf(options, file), file, options, process);
  } finally {
    file?.close();
  }
}

function clientOf(options: Chat, file: ResumeFile | undefined): Client {
  try {
    return new Client({ ...options, ...(file && { storage: file }) }, host);
  } catch (error) {
    if (file && error instanceof SnapshotError) throw file.refusal(error);
    throw error;
  }
}

function converse(client: Client, file: File, options: Chat, process: NodeJS.Process): Promise<number> {
  const ended = new Promise<Final>((resolve) => {
    client.on("state", (status) => {
      if (status.is === "offline" && status.final) resolve(status);
    });
  });
  const { stdin, stdout, stderr } = process;
  const onTerminal = stdin.isTTY && (stdout.isTTY || stderr.isTTY) && !options.json;
  return onTerminal ? talk(client, ended, file, options, process) : pipe(client, ended, file, options, process);
}

async function talk(client: Client, ended: Ended, file: File, options: Chat, process: NodeJS.Process): Promise<number> {
  const { stdin, stdout, stderr, env } = process;
  const editor = stdout.isTTY ? stdout : stderr;
  const colour = { said: wantsColour(stdout, env), notes: wantsColour(stderr, env) };
  const rich = isRich(editor, env);
  const hands = new Talk(
    client,
    () => conversation,
    () => terminal,
  );
  const screen = { input: stdin as ReadStream, editor, said: stdout, notes: stderr, rich, colour };
  const terminal = new Terminal(screen, hands);
  const conversation = new Conversation(client, terminal, false);
  file?.attend(client, terminal, conversation);
  const refusal = watchRefusals(client, options, () => {
    conversation.note(`no answer from ${options.url}; still trying (Ctrl-C ends)`);
  });
  hands.leaving.watch(process);
  client.start();
  const end = await ended;
  terminal.close();
  const code = result(client, file, conversation, terminal, refusal.error, end);
  terminal.flush();
  return code;
}

async function pipe(client: Client, ended: Ended, file: File, options: Chat, process: NodeJS.Process): Promise<number> {
  const { stdin, stdout, stderr, env } = process;
  const output = new Plain(stdout, stderr, { said: wantsColour(stdout, env), notes: wantsColour(stderr, env) });
  const conversation = new Conversation(client, output, options.json);
  file?.attend(client, output, conversation);
  const refusal = watchRefusals(client, options, () => {});
  new Leaving(client).watch(process);
  const patience = giveUp(client);
  client.start();
  const tooLong: number[] = [];
  sendLines(client, stdin, tooLong)
    .catch((error: Error) => conversation.note(`input: ${visible(error.message)}`))
    .then(async () => {
      patience.inputEnded();
      if (client.id !== undefined && client.state.is !== "online" && client.waiting > 0)
        conversation.note(`waiting for ${amount(client.waiting, "message", "messages")} to be delivered`);
      await welcomed(client);
      client.leave();
    });
  const end = await ended;
  output.flush();
  const code = result(client, file, conversation, output, refusal.error, end);
  if (tooLong.length === 0) return code;
  const which = tooLong.length > LISTED ? `${tooLong.slice(0, LISTED).join(", ")}, …` : tooLong.join(", ");
  conversation.note(
    `not sent: ${amount(tooLong.length, "line", "lines")} of more than ${MAX_TEXT} characters (${which})`,
  );
  return code === OK ? USAGE : code;
}

/** Says what went wrong, if something did, and answers the exit code. */
function result(
  client: Client,
  file: File,
  { failed }: Conversation,
  output: Output,
  refused: Refused | undefined,
  end: Final,
): number {
  if (refused || (end.code !== "left" && end.code !== "closed")) {
    output.note(visible(refused?.message ?? `${end.code}: ${end.why}`));
    return REFUSED;
  }
  const { waiting } = client;
  const kept = file?.sound ? `, kept in ${file.name}` : "";
  if (waiting > 0) output.note(`not delivered: ${amount(waiting, "message", "messages")}${kept}`);
  if (client.id === undefined) output.note("unreachable: no server answered");
  if (waiting > 0 || client.id === undefined) return UNREACHABLE;
  return failed > 0 ? REFUSED : OK;
}
