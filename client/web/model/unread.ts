/** What was not read yet: how much, and where it begins. */
export class Unread {
  /** Messages of others that came while nobody looked at the end. */
  count = 0;
  /** The key of the row with the line "New" above it; it stays until other things are new, or one speaks. */
  line: string | undefined;

  /** A message came; `watched`: the end of the list was in sight. */
  arrived(key: string, watched: boolean): void {
    if (watched) return;
    if (this.count === 0) this.line = key;
    this.count++;
  }

  /** What was missed begins here, also if it is in sight at once. */
  missed(key: string): void {
    if (this.count === 0) this.line = key;
  }

  /** The end of the list is in sight. */
  read(): void {
    this.count = 0;
  }

  /** Who answers has read. */
  spoke(): void {
    this.count = 0;
    this.line = undefined;
  }
}

/** `(12) lobby · Chatty`. */
export const titleOf = (chat: string, unread: number): string => `${unread > 0 ? `(${unread}) ` : ""}${chat} · Chatty`;
