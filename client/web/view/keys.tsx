/** The keys, listed. */
import { Component, createRef } from "preact";

const KEYS = [
  ["Enter", "send"],
  ["Shift + Enter", "a new line"],
  ["Esc", "from the message to the list"],
  ["↑ ↓, Page Up, Page Down, Home", "read, in the list"],
  ["End", "to the latest message, in the list"],
  ["any letter", "from the list back to the message"],
  ["Tab", "to everything else"],
  ["?", "these keys, outside of the message"],
];

export class Keys extends Component<{ closed(): void }> {
  readonly #dialog = createRef<HTMLDialogElement>();

  override componentDidMount(): void {
    this.#dialog.current?.showModal();
  }

  override render({ closed }: { closed(): void }) {
    return (
      <dialog ref={this.#dialog} onClose={closed} aria-labelledby="keys">
        <h2 id="keys">Keys</h2>
        <dl>
          {KEYS.map(([key, what]) => (
            <div key={key}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
        <form method="dialog">
          <button type="submit" class="main">
            Close
          </button>
        </form>
      </dialog>
    );
  }
}
