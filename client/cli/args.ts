/** The command line: what it asks for, as a value, or why it cannot be used. */
import { parseArgs } from "node:util";
import { NAME } from "../../src/chat/parse.ts";

/** Which deployment, chat and, if it matters, server. */
export interface Where {
  url: string;
  chat: string;
  server?: string;
}

export type Command =
  | ({ do: "chat"; name: string; json: boolean; resume?: string } & Where)
  | ({ do: "servers"; json: boolean } & Where)
  | ({ do: "start"; server: string; boot: string | undefined; json: boolean; cookieFile: string | undefined } & Where)
  | ({ do: "disconnect"; server: string; force: boolean; json: boolean; cookieFile: string | undefined } & Where)
  | { do: "help" }
  | { do: "version" };

/** A command line that cannot be used; the message says what was wrong. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** Where `npm start` listens. */
const DEFAULT_URL = "http://localhost:8787";
const DEFAULT_CHAT = "lobby";

export const HELP = `  npx chatty John                        talk as John in the chat 'lobby' of ${DEFAULT_URL}
  npx chatty Mary --server b             the same chat, by its server b
  echo "it works" | npx chatty Bot       each line of input is one message

chatty NAME                  join a chat and talk; 'exit', Ctrl-D or Ctrl-C leaves, /help lists the commands
chatty servers               list the servers of a chat
chatty start SERVER          operator: start a server, in the set of --boot
chatty disconnect SERVER     operator: take a server out of the set once others hold all it wrote

  --url URL           the deployment (default ${DEFAULT_URL})
  --chat CHAT         the chat (default ${DEFAULT_CHAT})
  --server SERVER     which server to join by (default: the deployment chooses)
  --resume FILE       go on where FILE left off, as the same person; FILE is made if need be, and kept up to date
  --json              print objects as they come, one per line
  --boot SERVER       start: a server that is in the set (default main)
  --force             disconnect: also if nobody else holds all it wrote
  --cookie-file FILE  operator: read the cookie from FILE; else it is CHATTY_COOKIE, or on this machine 'secret'
  --help, --version

What was said goes to standard output, the rest to standard error. A person called 'servers' writes: chatty -- servers
Exit codes: 0 done, 2 usage, 3 unreachable, 4 refused. No colour with NO_COLOR, TERM=dumb or without a terminal.
`;

const OPTIONS = {
  url: { type: "string", default: DEFAULT_URL },
  chat: { type: "string", default: DEFAULT_CHAT },
  server: { type: "string" },
  resume: { type: "string" },
  boot: { type: "string" },
  "cookie-file": { type: "string" },
  json: { type: "boolean", default: false },
  force: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
  version: { type: "boolean", default: false },
} as const;

/** Reads the arguments after the program's name. Throws UsageError. */
export function readArgs(args: string[]): Command {
  const { values, positionals, tokens } = parse(args);
  if (values.help) return { do: "help" };
  if (values.version) return { do: "version" };
  const where = {
    url: readUrl(values.url),
    chat: readName("--chat", values.chat),
    ...(values.server === undefined ? {} : { server: readName("--server", values.server) }),
  };
  const { json, boot, force, resume } = values;
  const cookieFile = values["cookie-file"];
  const [first, second, ...rest] = positionals;
  if (first === undefined) throw new UsageError("who are you? As in: chatty John");
  const isName = tokens.some(({ kind }) => kind === "option-terminator");
  const verb = !isName && (first === "servers" || first === "start" || first === "disconnect") ? first : "chat";
  const wants = (option: string, given: boolean, of: string[]) => {
    if (given && !of.includes(verb)) throw new UsageError(`${option} is for chatty ${of.join(" and chatty ")}`);
  };
  wants("--boot", boot !== undefined, ["start"]);
  wants("--force", force, ["disconnect"]);
  wants("--cookie-file", cookieFile !== undefined, ["start", "disconnect"]);
  if (resume !== undefined && verb !== "chat") throw new UsageError("--resume is for chatty NAME");
  const spare = verb === "start" || verb === "disconnect" ? rest[0] : second;
  if (spare !== undefined) throw new UsageError(`'${spare}' is one too many; a name with blanks goes in quotes`);
  if (verb === "chat") return { do: "chat", name: first, json, ...(resume !== undefined && { resume }), ...where };
  if (verb === "servers") return { do: "servers", json, ...where };
  if (second === undefined) throw new UsageError(`which server? As in: chatty ${verb} b`);
  const server = readName("the server", second);
  if (verb === "start") return { do: "start", ...where, server, boot, json, cookieFile };
  return { do: "disconnect", ...where, server, force, json, cookieFile };
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: OPTIONS, allowPositionals: true, tokens: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function readName(what: string, name: string): string {
  if (NAME.test(name)) return name;
  throw new UsageError(`${what} is a-z, 0-9 and - (not first), at most 32 characters, not '${name}'`);
}

function readUrl(url: string): string {
  if (/^https?:\/\//i.test(url) && URL.canParse(url)) return new URL(url).origin;
  throw new UsageError(`--url is the address of a deployment, like ${DEFAULT_URL}, not '${url}'`);
}
