/** Talking on a terminal: what is typed is sent or done, what arrives is shown, until one leaves. */
import { type Client, FullError, TextError } from "../lib/index.ts";
import { amount, type Conversation } from "./conversation.ts";
import { COMMANDS, readOrder } from "./input.ts";
import { Leaving } from "./leaving.ts";
import type { Hands, Terminal } from "./terminal.ts";
import { visible } from "./visible.ts";

export class Talk implements Hands {
  readonly #client: Client;
  readonly #conversation: () => Conversation;
  readonly #terminal: () => Terminal;
  readonly leaving: Leaving;

  /** `conversation` and `terminal` are asked for when they are needed: each is made with the other. */
  constructor(client: Client, conversation: () => Conversation, terminal: () => Terminal) {
    this.#client = client;
    this.#conversation = conversation;
    this.#terminal = terminal;
    this.leaving = new Leaving(client, () => this.#beforeLeaving());
  }

  line(text: string): void {
    const order = readOrder(text);
    const conversation = this.#conversation();
    switch (order.do) {
      case "send":
        this.#send(order.text, text);
        return;
      case "leave":
        this.leave();
        return;
      case "who":
        conversation.who();
        break;
      case "servers":
        conversation.servers();
        break;
      case "help":
        conversation.note(COMMANDS);
        break;
      case "unknown":
        conversation.note(`there is no ${visible(order.command)}; /help lists the commands, //text says '/text'`);
    }
    this.#terminal().prompt();
  }

  leave(): void {
    this.leaving.ask();
  }

  gone(): void {
    this.leaving.begin();
  }

  #beforeLeaving(): void {
    this.#terminal().close();
    const { waiting, state } = this.#client;
    if (waiting === 0 || state.is === "online") return;
    this.#conversation().note(`waiting for ${amount(waiting, "message", "messages")} to be delivered; Ctrl-C gives up`);
  }

  #send(text: string, typed: string): void {
    const terminal = this.#terminal();
    try {
      this.#client.send(text);
    } catch (error) {
      if (!(error instanceof TextError || error instanceof FullError)) throw error;
      const size = error instanceof TextError ? `; this one has ${[...text].length}` : "";
      this.#conversation().note(`not sent: ${error.message}${size}`);
      terminal.restore(typed);
      return;
    }
    if (this.#client.state.is === "online") terminal.takeBack();
    else this.#conversation().note("not connected: it will be sent");
    terminal.prompt();
  }
}
