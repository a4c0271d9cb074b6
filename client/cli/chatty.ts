#!/usr/bin/env node
/** The program `chatty`: reads the command line, does what it asks for, and ends with a code. */
import { readFileSync } from "node:fs";
import { HELP, readArgs, UsageError } from "./args.ts";
import { chat } from "./chat.ts";
import { OK, REFUSED, UNREACHABLE, USAGE } from "./codes.ts";
import { Refused, Unreachable } from "./http.ts";
import { isGone } from "./leaving.ts";
import { operate } from "./operator.ts";
import { visible } from "./visible.ts";

const PACKAGE = new URL("../../package.json", import.meta.url);

let talking = false;

async function run(args: string[]): Promise<number> {
  const command = readArgs(args);
  switch (command.do) {
    case "help":
      return print(HELP);
    case "version":
      return print(`${version()}\n`);
    case "chat":
      talking = true;
      return chat(command, process);
    default:
      return print(`${(await operate(command, process.env)).join("\n")}\n`);
  }
}

function print(text: string): number {
  process.stdout.write(text);
  return OK;
}

function version(): string {
  const { version } = JSON.parse(readFileSync(PACKAGE, "utf8")) as { version: string };
  return version;
}

/** The exit code of what was thrown; what nobody foresaw is thrown on. */
function codeOf(error: unknown): number {
  if (error instanceof UsageError) return USAGE;
  if (error instanceof Unreachable) return UNREACHABLE;
  if (error instanceof Refused) return REFUSED;
  throw error;
}

// Whoever reads the output may have had enough of it, or the terminal is gone; that is no failure, and who talks leaves then.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (!isGone(error)) throw error;
    if (!talking) process.exit(OK);
  });

run(process.argv.slice(2))
  .catch((error: unknown) => {
    const code = codeOf(error);
    const hint = code === USAGE ? "\nchatty --help says more" : "";
    process.stderr.write(`${visible((error as Error).message)}${hint}\n`);
    return code;
  })
  // Sockets that are slow to close do not hold up the end.
  .then((code) => {
    if (process.stdout.writable) process.stdout.write("", () => process.exit(code));
    else process.exit(code);
  });
