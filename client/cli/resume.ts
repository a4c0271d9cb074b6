/** `--resume FILE`: a client's snapshot in a file that is replaced whole, is readable by its owner only, and has one user at a time. */
import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import type { Client, Storage } from "../lib/index.ts";
import { MAX_SNAPSHOT } from "../lib/limits.ts";
import { UsageError } from "./args.ts";
import { amount, type Conversation } from "./conversation.ts";
import { Locked, lock } from "./lock.ts";
import { codeOf, wordsOf } from "./system.ts";
import { visible } from "./visible.ts";

export class ResumeFile implements Storage {
  /** As the person calls it, fit to be printed. */
  readonly name: string;
  readonly #path: string;
  readonly #unlock: () => void;
  readonly #text: string | undefined;
  /** Whether the last save went well. */
  sound = true;
  #output: { flush(): void } | undefined;

  /** Nobody else can open it until `close`. Throws UsageError. */
  constructor(path: string) {
    this.name = visible(path);
    let unlock: (() => void) | undefined;
    try {
      check(path);
      // What a link leads to is replaced, not the link.
      this.#path = exists(path) ? realpathSync(path) : path;
      unlock = lock(`${this.#path}.lock`);
      this.#text = exists(this.#path) ? readFileSync(this.#path, "utf8") : undefined;
      rmSync(this.#beside, { force: true });
    } catch (error) {
      unlock?.();
      if (!(error instanceof Unusable || error instanceof Locked) && codeOf(error) === undefined) throw error;
      throw this.refusal(error);
    }
    this.#unlock = unlock;
  }

  /** Why it cannot be used, as a person can read it. */
  refusal(error: unknown): UsageError {
    return new UsageError(`--resume ${this.name}: ${visible(wordsOf(error))}`);
  }

  /** From now on what was told is printed before it counts as told; and what is unusual is said. */
  attend(client: Client, output: { flush(): void }, conversation: Conversation): void {
    this.#output = output;
    const { waiting } = client;
    if (waiting > 0)
      conversation.note(`not delivered last time, and now to be: ${amount(waiting, "message", "messages")}`);
    client.on("unsaved", (error) => conversation.note(`${this.name} is not up to date: ${visible(wordsOf(error))}`));
  }

  load(): string | undefined {
    return this.#text;
  }

  /** A crash at any moment leaves the old text or the new one. */
  save(text: string): void {
    this.#output?.flush();
    this.sound = false;
    const file = openSync(this.#beside, "w", 0o600);
    try {
      writeFileSync(file, `${text}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(this.#beside, this.#path);
    this.sound = true;
  }

  close(): void {
    this.#unlock();
  }

  get #beside(): string {
    return `${this.#path}.tmp`;
  }
}

/** What is there is no file of this program. */
class Unusable extends Error {}

/** Throws if what is there cannot be a snapshot; nothing need be there. */
function check(path: string): void {
  if (path === "") throw new Unusable("a file has a name");
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (stat.isDirectory()) throw new Unusable("this is a directory");
  if (!stat.isFile()) throw new Unusable("this is no file");
  if (stat.size > MAX_SNAPSHOT) throw new Unusable("this is no snapshot of Chatty, for it is too large");
}

const exists = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined;
