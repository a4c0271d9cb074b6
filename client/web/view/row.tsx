/** One row of the list. */
import { Component } from "preact";
import { wording } from "../model/crowd.ts";
import { hueOf, initialOf, type Names } from "../model/names.ts";
import type { Row as Data, Said } from "../model/rows.ts";
import { pieces } from "../model/text.ts";
import { dayName, fullTime, shortTime } from "./times.ts";

export interface Deeds {
  again(key: string): void;
  drop(key: string): void;
}

interface Props {
  row: Data;
  /** Whether the line "New" is above it. */
  isNew: boolean;
  names: Names;
  /** That of the names: with another one people may be called differently. */
  version: number;
  deeds: Deeds;
}

export class Row extends Component<Props> {
  override shouldComponentUpdate({ row, isNew, version }: Props): boolean {
    const { entry, first, day } = this.props.row;
    const same = row.entry === entry && row.first === first && row.day === day;
    return !same || isNew !== this.props.isNew || version !== this.props.version;
  }

  override render({ row, isNew, names, deeds }: Props) {
    const { entry, first, day } = row;
    return (
      <div class={`row ${entry.kind}${first ? " first" : ""}`} data-key={entry.key}>
        {day && (
          <div class="day">
            <span>{dayName(entry.time)}</span>
          </div>
        )}
        {isNew && (
          <div class="new">
            <span>New</span>
          </div>
        )}
        {entry.kind === "said" && <Message said={entry} first={first} names={names} deeds={deeds} />}
        {entry.kind === "came" && <p class="quiet">{wording(entry, (person) => names.call(person))}</p>}
        {entry.kind === "break" && <p class="broken">{BREAKS[entry.reason] ?? BREAKS.other}</p>}
      </div>
    );
  }
}

const BREAKS: Record<string, string> = {
  trimmed: "Messages are missing here: they were not kept that long.",
  ahead: "The connection moved to a server that has not seen everything above. What only the other one has is marked.",
  other: "Messages may be missing here, or come again.",
};

function Message({ said, first, names, deeds }: { said: Said; first: boolean; names: Names; deeds: Deeds }) {
  const { name, id, mine, state, time, key } = said;
  const tag = names.tag(said);
  return (
    <div class={`said ${mine ? "mine" : `theirs hue-${hueOf(id)}`} ${state}${said.alone ? " alone" : ""}`}>
      {first && !mine && (
        <span class="face" aria-hidden="true">
          {initialOf(name)}
        </span>
      )}
      <div class="bubble">
        <span class={first && !mine ? "name" : "name unseen"}>
          <bdi>{mine ? "You" : name}</bdi>
          {tag && !mine && <span class="tag"> #{tag}</span>}
        </span>
        <p class="text" dir="auto">
          {pieces(said.text).map((piece) => (typeof piece === "string" ? piece : <Address {...piece} />))}
        </p>
        {said.alone && <span class="aside">only on a server that cannot be reached</span>}
        {state === "failed" && (
          <span class="aside">
            Not sent: {said.why}{" "}
            <button type="button" onClick={() => deeds.again(key)}>
              Try again
            </button>{" "}
            <button type="button" onClick={() => deeds.drop(key)}>
              Discard
            </button>
          </span>
        )}
      </div>
      <span class="about">
        <time dateTime={new Date(time).toISOString()} title={fullTime(time)}>
          {shortTime(time)}
        </time>
        {mine && state !== "failed" && <span class="state">{state === "sending" ? "sending…" : "sent"}</span>}
      </span>
    </div>
  );
}

const Address = ({ href, text }: { href: string; text: string }) => (
  <a href={href} target="_blank" rel="noopener noreferrer nofollow ugc">
    {text}
  </a>
);
