/** Where one writes. */
import { Component, createRef } from "preact";
import { FullError, LeftError, TextError } from "../../lib/index.ts";

/** Lines shown at most. */
const LINES = 8;

interface Props {
  /** Is given the composer, to move the focus there. */
  hold(composer: Composer): void;
  draft: string;
  keep(draft: string): void;
  /** Throws TextError, FullError or LeftError, whose words are shown, and then the text stays. */
  say(text: string): void;
  /** Away from here, to the list. */
  away(): void;
}

export class Composer extends Component<Props, { lines: number; why?: string | undefined }> {
  readonly #box = createRef<HTMLTextAreaElement>();
  override state: { lines: number; why?: string | undefined } = { lines: linesOf(this.props.draft) };

  focus(): void {
    this.#box.current?.focus();
  }

  override componentDidMount(): void {
    this.props.hold(this);
    // On a phone the keyboard would cover the chat.
    if (matchMedia("(pointer: fine)").matches) this.focus();
  }

  #send = (): void => {
    const box = this.#box.current as HTMLTextAreaElement;
    const text = box.value.trim();
    if (text === "") return;
    try {
      this.props.say(text);
    } catch (error) {
      if (!(error instanceof TextError || error instanceof FullError || error instanceof LeftError)) throw error;
      this.setState({ why: `Not sent: ${error.message}` });
      return;
    }
    box.value = "";
    this.#changed();
  };

  #changed = (): void => {
    const { value } = this.#box.current as HTMLTextAreaElement;
    this.props.keep(value);
    const lines = linesOf(value);
    if (lines !== this.state.lines || this.state.why) this.setState({ lines, why: undefined });
  };

  #key = (event: KeyboardEvent): void => {
    // What a keyboard for other scripts composes is ended with Enter, too.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.#send();
    } else if (event.key === "Escape") this.props.away();
  };

  override shouldComponentUpdate(_: Props, next: { lines: number; why?: string | undefined }): boolean {
    return next !== this.state;
  }

  override render({ draft }: Props, { lines, why }: { lines: number; why?: string | undefined }) {
    return (
      <form
        class="composer"
        onSubmit={(event) => {
          event.preventDefault();
          this.#send();
          this.focus();
        }}
      >
        {why && <p role="alert">{why}</p>}
        <textarea
          ref={this.#box}
          aria-label="Message"
          placeholder="Write a message"
          rows={lines}
          defaultValue={draft}
          dir="auto"
          enterkeyhint="send"
          onInput={this.#changed}
          onKeyDown={this.#key}
        />
        <button type="submit" class="main" aria-label="Send" title="Send (Enter)">
          <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
            <path d="M3.4 20.4 21 12 3.4 3.6v6.5l11 1.9-11 1.9z" fill="currentColor" />
          </svg>
        </button>
      </form>
    );
  }
}

const linesOf = (text: string): number => Math.min(LINES, text.split("\n").length);
