/** Where a client keeps what it needs to go on later. It holds one text, which is a secret: whoever has it is that person. */

export interface Storage {
  /** The text saved last; nothing if there is none. */
  load(): string | null | undefined;
  /** Replaces it, whole or not at all, before it returns. */
  save(text: string): void;
}

/** Lasts as long as the program. `text`: what an earlier storage held. */
export function memoryStorage(text?: string): Storage {
  let kept = text;
  return {
    load: () => kept,
    save: (text) => {
      kept = text;
    },
  };
}

/** As much as is needed of what browsers call Storage. */
export interface Items {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/** Of a page: in `sessionStorage` each tab is a person of its own; in `localStorage` all are one, and the tab opened last goes on. */
export const webStorage = (items: Items, key: string): Storage => ({
  load: () => items.getItem(key),
  save: (text) => items.setItem(key, text),
});
