/** The list of messages: old ones in chunks, of which only those near what is seen are drawn, and the tail, which is read aloud as it grows. */
import { Component, createRef } from "preact";
import type { Conversation } from "../model/conversation.ts";
import type { Names } from "../model/names.ts";
import type { Row as Data } from "../model/rows.ts";
import type { Chunk } from "../model/timeline.ts";
import type { Past } from "../past.ts";
import { type Deeds, Row } from "./row.tsx";
import { Scroll, Sight } from "./scroll.ts";

/** Pixels around what is seen in which chunks are drawn: two screens. */
const NEAR_PX = 1600;
/** Pixels a row that was never drawn counts for. */
const ROW_PX = 44;

interface Props {
  conversation: Conversation;
  past: Past;
  /** Is given the list, to move it. */
  hold(list: List): void;
  deeds: Deeds & { earlier(): void; end(atEnd: boolean): void };
}

export class List extends Component<Props, { sight?: Sight }> {
  readonly #box = createRef<HTMLElement>();
  #scroll: Scroll | undefined;

  override componentDidMount(): void {
    this.props.hold(this);
    const box = this.#box.current as HTMLElement;
    const { deeds } = this.props;
    this.#scroll = new Scroll(box, { end: deeds.end, begin: deeds.earlier });
    this.setState({ sight: new Sight(box, NEAR_PX) });
  }

  override getSnapshotBeforeUpdate(): null {
    this.#scroll?.ready();
    return null;
  }

  override componentDidUpdate(): void {
    this.props.conversation.timeline.drew();
    // What was read may not have filled the screen; that is known when it was laid out, and one is back where one was.
    if (this.props.past.state === "more" && this.props.conversation.start)
      requestAnimationFrame(() => this.#scroll?.look());
  }

  override componentWillUnmount(): void {
    this.#scroll?.end();
  }

  toEnd(): void {
    this.#scroll?.toEnd();
  }

  focus(): void {
    this.#box.current?.focus();
  }

  override render({ conversation, past, deeds }: Props) {
    const { timeline, names, unread } = conversation;
    const row = (data: Data) => (
      <Row
        key={data.entry.key}
        row={data}
        isNew={data.entry.key === unread.line}
        names={names}
        version={names.version}
        deeds={deeds}
      />
    );
    const has = ({ rows }: Chunk) => rows.some(({ entry }) => entry.key === unread.line);
    return (
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also by keys
      <section class="list" ref={this.#box} tabIndex={0} aria-label="Conversation">
        <div class="rows">
          <Beginning past={past} cut={timeline.cut} again={deeds.earlier} />
          <section aria-label="Earlier messages">
            {this.state.sight &&
              timeline.chunks.map((chunk) => (
                <Rows
                  key={chunk.key}
                  chunk={chunk}
                  newKey={unread.line !== undefined && has(chunk) ? unread.line : undefined}
                  names={names}
                  version={names.version}
                  sight={this.state.sight as Sight}
                  row={row}
                />
              ))}
          </section>
          <div role="log" aria-label="Messages" aria-relevant="additions" data-part>
            <div class="edge" />
            {timeline.tail.map(row)}
            {conversation.mine.map(row)}
          </div>
        </div>
      </section>
    );
  }
}

function Beginning({ past, cut, again }: { past: Past; cut: boolean; again(): void }) {
  if (cut) return <p class="quiet">This page shows no more than the latest 50,000 messages.</p>;
  if (past.state === "all") return <p class="quiet beginning">This is where what is kept of the chat begins.</p>;
  if (past.state !== "failed") return <p class="quiet">{past.state === "reading" ? "Reading on…" : " "}</p>;
  return (
    <p class="quiet">
      What was said before could not be read.{" "}
      <button type="button" onClick={again}>
        Try again
      </button>
    </p>
  );
}

interface ChunkProps {
  chunk: Chunk;
  newKey: string | undefined;
  names: Names;
  version: number;
  sight: Sight;
  row(data: Data): preact.JSX.Element;
}

/** A chunk; far from what is seen it is empty space of the same height. */
class Rows extends Component<ChunkProps, { near: boolean }> {
  readonly #element = createRef<HTMLDivElement>();
  #height = this.props.chunk.rows.length * ROW_PX;
  #end: (() => void) | undefined;
  override state = { near: this.props.chunk.near };

  override componentDidMount(): void {
    const element = this.#element.current as HTMLDivElement;
    this.#end = this.props.sight.watch(element, (near, height) => {
      if (this.state.near) this.#height = height;
      if (near !== this.state.near) this.setState({ near });
    });
  }

  override componentWillUnmount(): void {
    this.#end?.();
  }

  override shouldComponentUpdate({ chunk, newKey, version }: ChunkProps, { near }: { near: boolean }): boolean {
    const { props, state } = this;
    if (near !== state.near) return true;
    return near && (chunk !== props.chunk || newKey !== props.newKey || version !== props.version);
  }

  override render({ chunk, row }: ChunkProps) {
    const { near } = this.state;
    return (
      <div ref={this.#element} data-part style={{ height: near ? "auto" : `${this.#height}px` }}>
        {near && chunk.rows.map(row)}
      </div>
    );
  }
}
