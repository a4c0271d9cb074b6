/** What one tab keeps of a chat: who one is in it, and what was not said yet. Two tabs are two people, also if one is a copy of the other. */
import type { Items } from "../lib/index.ts";

/** Milliseconds the page before, which is this one before its reload, may take to be gone. */
const GONE_MS = 500;
/** What there is of it in this tab. */
const TAB = "chatty:tab";
const NAME = "chatty:name";

/** A browser that keeps nothing gives nothing: then all lasts as long as the page. */
function itemsOf(kind: "sessionStorage" | "localStorage"): Items & { removeItem(key: string): void } {
  try {
    return globalThis[kind];
  } catch {
    const kept = new Map<string, string>();
    return {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    };
  }
}

const ofTab = itemsOf("sessionStorage");
const ofBrowser = itemsOf("localStorage");

export class Tab {
  readonly items = ofTab;
  readonly #chat: string;

  constructor(chat: string) {
    this.#chat = chat;
  }

  /** Where the client keeps its snapshot. */
  get sessionKey(): string {
    return `chatty:${this.#chat}:session`;
  }

  /** The name one has in this chat in this tab; none if one is not in it. */
  get name(): string | undefined {
    return this.items.getItem(`chatty:${this.#chat}:name`) ?? undefined;
  }

  /** The name one had last, in any chat and tab. */
  get lastName(): string {
    return ofBrowser.getItem(NAME) ?? "";
  }

  /** One joins under this name. */
  join(name: string): void {
    this.items.setItem(`chatty:${this.#chat}:name`, name);
    ofBrowser.setItem(NAME, name);
  }

  /** One is somebody new from now on; what was begun to be written stays. */
  leave(): void {
    this.items.removeItem(this.sessionKey);
    this.items.removeItem(`chatty:${this.#chat}:name`);
  }

  get draft(): string {
    return this.items.getItem(`chatty:${this.#chat}:draft`) ?? "";
  }

  set draft(text: string) {
    if (text === "") this.items.removeItem(`chatty:${this.#chat}:draft`);
    else this.items.setItem(`chatty:${this.#chat}:draft`, text);
  }
}

/**
 * Makes sure that no other page goes on with what this tab keeps: a copied tab has a copy of it, and forgets it. A page that was reloaded is not
 * a copy of itself: it waits a little for the one before. Without locks (over plain http from elsewhere) the page opened last goes on.
 */
export async function claimTab(): Promise<void> {
  const tab = ofTab.getItem(TAB);
  if (tab !== null && (await hold(tab))) return;
  if (tab !== null) for (const key of Object.keys(ofTab)) if (key.startsWith("chatty:")) ofTab.removeItem(key);
  const mine = [...crypto.getRandomValues(new Uint8Array(8))].join("-");
  ofTab.setItem(TAB, mine);
  await hold(mine);
}

/** Holds a lock as long as this page lives; false if another page does. */
function hold(tab: string): Promise<boolean> {
  const { locks } = navigator as { locks?: LockManager };
  if (locks === undefined) return Promise.resolve(true);
  return new Promise((resolve) => {
    const asked = locks.request(`${TAB}:${tab}`, { signal: AbortSignal.timeout(GONE_MS) }, () => {
      resolve(true);
      // Until the page is gone.
      return new Promise(() => {});
    });
    asked.catch(() => resolve(false));
  });
}
