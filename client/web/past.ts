/** What was said before the page began, a page of the transcript at a time. */
import { type Message, type Page, readPage, transcriptPath } from "../lib/index.ts";

/** Milliseconds an answer may take. */
const PATIENCE_MS = 10_000;

export class Past {
  readonly #chat: string;
  /** Takes the messages of a page; answers how many of them are new. */
  readonly #take: (messages: readonly Message[]) => number;
  #before: string | undefined;
  /** `more`: there may be something before; `failed`: nobody answered, for this time. */
  state: "more" | "reading" | "failed" | "all" = "more";

  constructor(chat: string, take: (messages: readonly Message[]) => number) {
    this.#chat = chat;
    this.#take = take;
  }

  /** Reads until there is something new. `ready`: when it can be taken; `server`: whose transcript. */
  async read(ready: Promise<void> = Promise.resolve(), server?: string): Promise<void> {
    if (this.state === "reading" || this.state === "all") return;
    this.state = "reading";
    for (let added = 0; added === 0 && this.state === "reading"; ) {
      const page = await this.#ask(server);
      if (page === undefined) {
        this.state = "failed";
        return;
      }
      await ready;
      added = this.#take(page.messages);
      this.#before = page.before;
      if (page.before === undefined) this.state = "all";
    }
    if (this.state === "reading") this.state = "more";
  }

  /** Nothing if nobody answers, or not with a page. */
  async #ask(server: string | undefined): Promise<Page | undefined> {
    try {
      const path = transcriptPath(this.#chat, this.#before, server);
      const answer = await fetch(path, { signal: AbortSignal.timeout(PATIENCE_MS) });
      return answer.ok ? readPage(await answer.json()) : undefined;
    } catch (error) {
      // No network; too late; no JSON.
      if (error instanceof TypeError || error instanceof DOMException || error instanceof SyntaxError) return undefined;
      throw error;
    }
  }
}
