/** A Chatty for the tests of a file, and the people who visit it; each test begins with nobody there. */

import type { BrowserContextOptions } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, inject } from "vitest";
import { Chatty } from "../e2e/chatty.ts";
import { Client } from "../e2e/client.ts";
import { at } from "../e2e/operator.ts";
import { Visitor } from "./visitor.ts";

/** What a browser says of itself about a server that is not there; the page cannot keep it from doing so. */
const UNREACHABLE = /ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|WebSocket connection to/;

export class Party {
  readonly #visitors: Visitor[] = [];
  #chatty: Chatty | undefined;
  #chats = 0;

  /** Says what happens before and after the tests of the file; `how` its Chatty is started. */
  constructor(how?: "federated") {
    beforeAll(async () => {
      if (inject("browser") !== undefined) this.#chatty = await Chatty.start(how);
    });
    afterEach(async () => {
      const visitors = this.#visitors.splice(0);
      const errors = visitors.flatMap((visitor) => visitor.errors).filter((error) => !UNREACHABLE.test(error));
      for (const visitor of visitors) await visitor.leave();
      Client.endAll();
      expect(errors, "what the console said").toEqual([]);
    });
    afterAll(() => this.#chatty?.stop());
  }

  get chatty(): Chatty {
    if (this.#chatty === undefined) throw new Error("there is no server before the tests begin");
    return this.#chatty;
  }

  get url(): string {
    return this.chatty.url;
  }

  /** The name of a chat that was not there before: a test that is tried again finds nothing of its first try. */
  chat(name: string): string {
    return `${name}-${++this.#chats}`;
  }

  /** Somebody with a browser of their own. */
  async visitor(options?: BrowserContextOptions): Promise<Visitor> {
    return this.add(await Visitor.come(options));
  }

  add(visitor: Visitor): Visitor {
    this.#visitors.push(visitor);
    return visitor;
  }

  /** Somebody who has joined. `where`: the chat, or a chat and a server as in `lobby?server=b`. */
  async joined(name: string, where: string, options?: BrowserContextOptions): Promise<Visitor> {
    const visitor = await this.visitor(options);
    return visitor.join(`${this.url}/chats/${where}`, name);
  }

  /** Somebody without a browser, who can say much. */
  speaker(name: string, chat: string, server?: string): Promise<Client> {
    return Client.join(at(this.url, chat, server), name);
  }
}
