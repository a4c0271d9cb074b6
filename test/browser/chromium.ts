/** The browser that all tests of the page share; where there is none that runs, they are skipped, loudly. */
import { existsSync } from "node:fs";
import { type BrowserServer, chromium } from "playwright-core";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** Where the browser is to be reached; absent if there is none. */
    browser: string | undefined;
  }
}

/** Chrome as installed, where the one from npm does not run. */
const INSTALLED = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:/Program Files/Google/Chrome/Application/chrome.exe",
  "/usr/bin/google-chrome",
  "/usr/bin/chromium",
];
/** No sandbox, for in containers there often can be none; what is looked at is ours. */
export const ARGS = ["--no-sandbox", "--disable-gpu", "--font-render-hinting=none"];

/** The browser that runs here, if there is one. */
export async function executable(): Promise<string | undefined> {
  const installed = INSTALLED.find(existsSync);
  if (process.platform !== "linux" || process.arch !== "x64") return installed;
  // It brings its libraries only where it thinks it needs them.
  process.env.AWS_LAMBDA_JS_RUNTIME ??= "nodejs24.x";
  const { default: bundled } = await import("@sparticuz/chromium");
  return bundled.executablePath();
}

let server: BrowserServer | undefined;

export async function setup({ provide }: TestProject): Promise<void> {
  const path = await executable();
  if (path === undefined) console.error("\nTHE PAGE IS NOT TESTED: there is no Chromium or Chrome that runs here\n");
  else server = await chromium.launchServer({ executablePath: path, args: ARGS, headless: true });
  provide("browser", server?.wsEndpoint());
}

export async function teardown(): Promise<void> {
  await server?.close();
}
