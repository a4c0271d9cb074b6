/**
 * What bare workerd is to run: Chatty, bundled by wrangler just as it would be deployed, and the floor, under the same
 * compatibility date and flags.
 */
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, extname, join } from "node:path";
import { promisify } from "node:util";
import { PEERS } from "./peers.ts";

const ROOT = join(import.meta.dirname, "../..");
const WRANGLER = join(ROOT, "node_modules/wrangler/bin/wrangler.js");
const FLOOR = join(import.meta.dirname, "../floor.js");
/** How long bundling may take, in milliseconds. */
const BUNDLE_MS = 120_000;
/** The shared secret of the operator, as in local use. */
export const COOKIE = "secret";

type ModuleKind = "esModule" | "text" | "wasm" | "data";

export interface Bundle {
  /** Where the modules lie. */
  readonly dir: string;
  /** The Worker's entry first. */
  readonly modules: readonly { readonly name: string; readonly kind: ModuleKind }[];
  readonly className: string;
  readonly binding: string;
  readonly texts: Readonly<Record<string, string>>;
  readonly date: string;
  readonly flags: readonly string[];
}

export interface Bundles {
  readonly floor: Bundle;
  readonly chatty: Bundle;
}

/**
 * Bundles into a directory that goes when the process does. `project` is where the wrangler.toml lies: in this
 * repository, or in another state of it to compare with; `main` is another entry than the one it names.
 */
export async function bundleAll(project: string = ROOT, main?: string): Promise<Bundles> {
  const config = readConfig(join(project, "wrangler.toml"));
  const { date, flags, vars } = config;
  const entry = main === undefined ? config.entry : `${basename(main, extname(main))}.js`;
  const home = newHome();
  await dryRun(project, join(home, "chatty"), main === undefined ? [] : [main]);
  cpSync(FLOOR, join(home, "floor/floor.js"));
  const common = { date, flags };
  const floor = { ...common, className: "FloorServer", binding: "SERVER", texts: {} };
  const chatty = { ...common, className: "ChatServer", binding: "CHAT_SERVER", texts: { ...vars, COOKIE } };
  return {
    floor: { ...floor, ...modulesOf(join(home, "floor")) },
    chatty: { ...chatty, ...modulesOf(join(home, "chatty"), entry) },
  };
}

/** The room of partyserver (bench/peers), bundled by wrangler too, to run under the date and flags of Chatty. Its packages must be installed. */
export async function bundlePartyserver({ date, flags }: Bundle): Promise<Bundle> {
  const { entry } = readConfig(join(PEERS, "wrangler.toml"));
  const dir = newHome();
  await dryRun(PEERS, dir, []);
  return { date, flags, className: "Room", binding: "Room", texts: {}, ...modulesOf(dir, entry) };
}

function newHome(): string {
  const home = mkdtempSync(join(tmpdir(), "chatty-bundle-"));
  process.on("exit", () => rmSync(home, { recursive: true, force: true }));
  return home;
}

async function dryRun(project: string, outdir: string, main: string[]): Promise<void> {
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "1" };
  const options = { cwd: project, env, timeout: BUNDLE_MS, killSignal: "SIGKILL" } as const;
  // execFile's error carries what wrangler wrote to stderr.
  await promisify(execFile)(process.execPath, [WRANGLER, "deploy", ...main, "--dry-run", "--outdir", outdir], options);
}

/**
 * The modules of a directory by their extension; `entry` (default: the only script) goes first, for workerd starts
 * there.
 */
function modulesOf(dir: string, entry?: string): Pick<Bundle, "dir" | "modules"> {
  const modules = readdirSync(dir)
    .filter((name) => !name.endsWith(".map") && name !== "README.md")
    .map((name) => ({ name, kind: kindOf(name) }))
    .sort((a, b) => Number(b.name === entry) - Number(a.name === entry));
  const first = modules[0];
  if (first?.kind !== "esModule" || (entry !== undefined && first.name !== entry)) {
    throw new Error(`no entry module among: ${modules.map(({ name }) => name).join(", ")}`);
  }
  return { dir, modules };
}

function kindOf(name: string): ModuleKind {
  const extension = extname(name);
  if (extension === ".js" || extension === ".mjs") return "esModule";
  if (extension === ".wasm") return "wasm";
  return extension === ".html" || extension === ".txt" || extension === ".css" || extension === ".sql"
    ? "text"
    : "data";
}

/** The few values of wrangler.toml that matter here; no TOML parser is worth a dependency for them. */
function readConfig(path: string): { entry: string; date: string; flags: string[]; vars: Record<string, string> } {
  const toml = readFileSync(path, "utf8");
  const main = /^main\s*=\s*"(?:.*\/)?([^"/]+)\.[a-z]+"/m.exec(toml)?.[1];
  const date = /^compatibility_date\s*=\s*"([^"]+)"/m.exec(toml)?.[1];
  if (main === undefined || date === undefined) throw new Error(`${path}: no main or no compatibility_date`);
  const flags = /^compatibility_flags\s*=\s*\[([^\]]*)\]/m.exec(toml)?.[1] ?? "";
  const vars = /^\[vars\]\n((?:(?!\[).*\n?)*)/m.exec(toml)?.[1] ?? "";
  return {
    entry: `${main}.js`,
    date,
    flags: [...flags.matchAll(/"([^"]+)"/g)].map((match) => String(match[1])),
    vars: Object.fromEntries([...vars.matchAll(/^(\w+)\s*=\s*"([^"]*)"/gm)].map(([, name, text]) => [name, text])),
  };
}
