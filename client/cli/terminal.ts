/** A terminal with a line being typed at its bottom. What arrives is printed above it, and the line is drawn again as it was. */
import { createInterface, type Interface } from "node:readline";
import type { ReadStream, WriteStream } from "node:tty";
import type { Output } from "./conversation.ts";

const PROMPT = "-> ";
/** Lines that the arrow keys bring back. */
const HISTORY = 1000;
/** Move up a number of rows; go to the first column; clear from here to the end of the screen. */
const up = (rows: number): string => (rows > 0 ? `\x1b[${rows}A` : "");
const FIRST_COLUMN = "\r";
const CLEAR_DOWN = "\x1b[J";

/** What a person does. */
export interface Hands {
  line(text: string): void;
  /** Ctrl-C. */
  leave(): void;
  /** Ctrl-D, or the terminal is gone. */
  gone(): void;
}

export interface Screen {
  input: ReadStream;
  /** Where the line is typed. */
  editor: WriteStream;
  said: NodeJS.WritableStream;
  notes: NodeJS.WritableStream;
  /** Whether the terminal can move its cursor; if not, it does the editing itself. */
  rich: boolean;
  colour: Output["colour"];
}

/** Readline, with its count of the rows above the cursor: where it begins to draw. */
type Editor = Interface & { prevRows: number };

export class Terminal implements Output {
  readonly colour: Output["colour"];
  readonly #screen: Screen;
  readonly #readline: Editor;
  #pending: { stream: NodeJS.WritableStream; line: string }[] = [];
  #open = true;
  /** Rows above the cursor that the line just entered fills. */
  #entered = 0;

  constructor(screen: Screen, hands: Hands) {
    this.#screen = screen;
    this.colour = screen.colour;
    const { input, editor: output, rich } = screen;
    const readline = createInterface({
      input,
      output,
      terminal: rich,
      prompt: PROMPT,
      historySize: HISTORY,
      // Tab has nothing to complete; without this it would write itself.
      completer: (line: string) => [[], line],
    });
    this.#readline = Object.assign(readline, { prevRows: 0 });
    if (rich) {
      input.prependListener("keypress", (_, key: { name?: string }) => this.#measure(key));
      // Terminals wrap anew what they show.
      output.prependListener("resize", () => this.#open && this.#align());
    }
    this.#readline.on("line", (text) => hands.line(text));
    this.#readline.on("SIGINT", () => hands.leave());
    // The terminal cannot be read any more: it is gone.
    this.#readline.on("error", () => hands.gone());
    this.#readline.on("close", () => {
      // By this program, not by the person.
      if (!this.#open) return;
      this.#write(this.#screen.editor, "\n");
      this.#open = false;
      hands.gone();
    });
    this.#readline.prompt();
  }

  say(line: string): void {
    this.#print(this.#screen.said, line);
  }

  note(line: string): void {
    this.#print(this.#screen.notes, line);
  }

  /** Asks for the next line. */
  prompt(): void {
    if (this.#open) this.#readline.prompt();
  }

  /** Takes the line just entered off the screen: it will come back as what was said. */
  takeBack(): void {
    if (this.#screen.rich) this.#write(this.#screen.editor, up(this.#entered + 1) + FIRST_COLUMN + CLEAR_DOWN);
  }

  /** Puts a text into the line being typed, as if typed. */
  restore(text: string): void {
    this.prompt();
    if (this.#screen.rich) this.#readline.write(text);
  }

  /** No more typing; what is pending is printed. */
  close(): void {
    if (this.#open) {
      this.#erase();
      this.#open = false;
      this.#readline.close();
    }
    this.flush();
  }

  /** Prints now what is pending. */
  flush(): void {
    if (this.#pending.length === 0) return;
    const pending = this.#pending;
    this.#pending = [];
    if (this.#open) this.#erase();
    for (let i = 0, text = ""; i < pending.length; i++) {
      const { stream, line } = pending[i] as (typeof pending)[number];
      text += `${line}\n`;
      if (stream === pending[i + 1]?.stream) continue;
      this.#write(stream, text);
      text = "";
    }
    if (this.#open) this.#readline.prompt(true);
  }

  /** Before each key; before a line is entered its end is gone to, so that one knows how many rows it fills. */
  #measure({ name }: { name?: string }): void {
    if (!this.#open) return;
    this.#align();
    if (name !== "return" && name !== "enter") return;
    this.#readline.write(null, { ctrl: true, name: "e" });
    this.#entered = this.#readline.getCursorPos().rows;
  }

  /**
   * Pasted text is written by readline without counting the rows it fills, as is a new width; the next drawing would begin too low. A
   * last column that is filled leaves the cursor in its row; a blank takes it to the next.
   */
  #align(): void {
    const { rows, cols } = this.#readline.getCursorPos();
    if (this.#readline.prevRows === rows) return;
    if (cols === 0) this.#write(this.#screen.editor, ` ${FIRST_COLUMN}`);
    this.#readline.prevRows = rows;
  }

  /** All that arrives in one turn of the event loop is printed at once, so that typing never waits for drawing. */
  #print(stream: NodeJS.WritableStream, line: string): void {
    this.#pending.push({ stream, line });
    if (this.#pending.length === 1) setImmediate(() => this.flush());
  }

  /** Takes the line being typed off the screen. A plain terminal cannot: there it is broken off. */
  #erase(): void {
    if (!this.#screen.rich) {
      this.#write(this.#screen.editor, "\n");
      return;
    }
    this.#align();
    this.#write(this.#screen.editor, up(this.#readline.prevRows) + FIRST_COLUMN + CLEAR_DOWN);
    this.#readline.prevRows = 0;
  }

  #write(stream: NodeJS.WritableStream, text: string): void {
    if (text !== "") stream.write(text);
  }
}
