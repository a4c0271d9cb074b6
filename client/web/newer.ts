/** Whether the deployment has a newer page than this one: its page names other files. */

/** Milliseconds an answer may take. */
const PATIENCE_MS = 10_000;
/** Milliseconds without a key or a touch after which nobody minds that the page is loaded anew. */
const IDLE_MS = 20_000;

/** The files of this page, whose names tell what is in them. */
const files = (): string[] =>
  [...document.querySelectorAll<HTMLScriptElement>("script[src]")].map(({ src }) => new URL(src).pathname);

/** Asks the deployment; nothing if nobody answers. */
export async function isNewer(): Promise<boolean | undefined> {
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const answer = await fetch(location.pathname, { cache: "no-store", headers: { accept: "text/html" }, signal });
    if (!answer.ok) return undefined;
    const page = await answer.text();
    return files().some((file) => !page.includes(file));
  } catch (error) {
    // No network, or too late.
    if (error instanceof TypeError || error instanceof DOMException) return undefined;
    throw error;
  }
}

/** Tells when somebody used the page last. */
export class Idle {
  #last = performance.now();

  constructor() {
    for (const use of ["keydown", "pointerdown"]) addEventListener(use, () => this.touch(), { passive: true });
  }

  touch(): void {
    this.#last = performance.now();
  }

  /** Whether nobody is looking, or does anything. */
  get isSo(): boolean {
    return document.hidden || performance.now() - this.#last > IDLE_MS;
  }
}
