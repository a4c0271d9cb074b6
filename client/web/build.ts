/** Builds the pages into dist/web, which wrangler serves; does nothing if that is newer than all it is made of. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const ROOT = join(import.meta.dirname, "../..");
const OUT = join(ROOT, "dist/web");
/** The pages; each is built by itself, for what they share would come as one more file, and later. */
const PAGES = ["cluster.html", "index.html"];
/** All that the pages are made of. */
const SOURCES = ["client/lib", "client/web", "src/chat", "package-lock.json"];

/** When the youngest file in or at a path was changed, in ms since epoch. */
function changed(path: string): number {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => changed(join(path, name))));
}

/** Whether dist/web was made of what is there now. */
function isFresh(): boolean {
  const page = join(OUT, "index.html");
  return existsSync(page) && statSync(page).mtimeMs > Math.max(...SOURCES.map((source) => changed(join(ROOT, source))));
}

/** Makes it beside its place and then moves it there: who is being served sees the old one or the new one, whole. */
export async function buildPage(): Promise<void> {
  if (isFresh()) return;
  mkdirSync(dirname(OUT), { recursive: true });
  // Vite takes as long to load as to build.
  const { build } = await import("vite");
  const outDir = mkdtempSync(`${OUT}-`);
  try {
    for (const page of PAGES)
      await build({
        root: import.meta.dirname,
        configFile: false,
        logLevel: "warn",
        // Not for development, also where tests are the first to need it: that would tell where its sources lie.
        oxc: { jsx: { runtime: "automatic", importSource: "preact", development: false } },
        // No script and no style inside the page: its policy forbids them.
        build: {
          outDir,
          emptyOutDir: false,
          target: "es2022",
          assetsInlineLimit: 0,
          modulePreload: false,
          cssCodeSplit: false,
          rolldownOptions: { input: join(import.meta.dirname, page) },
        },
      });
    rmSync(OUT, { recursive: true, force: true });
    renameInto(outDir);
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
  console.log(`built ${relative(ROOT, OUT)}`);
}

function renameInto(outDir: string): void {
  // Somebody who builds at the same time may have been quicker, with the same result.
  try {
    renameSync(outDir, OUT);
  } catch (error) {
    if (!isFresh()) throw error;
  }
}

if (import.meta.main) await buildPage();
