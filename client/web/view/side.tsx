/** Who is here, and on which servers. */
import { Component } from "preact";
import type { Person } from "../../../src/chat/wire.ts";
import type { Conversation } from "../model/conversation.ts";
import { hueOf } from "../model/names.ts";
import { serversOf } from "./join.tsx";

/** Milliseconds after a change until the numbers are asked for: what comes together is asked for once. */
const LATER_MS = 1500;

interface Props {
  conversation: Conversation;
  chat: string;
  close(): void;
}

export class Side extends Component<Props, { clients: ReadonlyMap<string, number> }> {
  override state = { clients: new Map<string, number>() };
  #timer: ReturnType<typeof setTimeout> | undefined;
  #seen = "";

  override componentDidMount(): void {
    this.#look(0);
  }

  override componentDidUpdate(): void {
    this.#look(LATER_MS);
  }

  override componentWillUnmount(): void {
    clearTimeout(this.#timer);
  }

  /** Asks how many are on which server when that has changed, and nobody when nothing has. */
  #look(delay: number): void {
    const { people, servers, link } = this.props.conversation;
    const now = JSON.stringify([people.count, servers.map(({ name, status }) => [name, status]), link.server]);
    if (now === this.#seen || link.isLost) return;
    this.#seen = now;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(async () => {
      const servers = await serversOf(this.props.chat);
      this.setState({ clients: new Map(servers.map(({ name, clients }) => [name, clients])) });
    }, delay);
  }

  override render({ conversation, chat, close }: Props, { clients }: { clients: ReadonlyMap<string, number> }) {
    const { people, names, me, link } = conversation;
    const known = people.known.toSorted((a, b) => names.call(a).localeCompare(names.call(b)));
    const more = people.count - known.length;
    const servers = conversation.servers.filter(({ status }) => status !== "left");
    return (
      <aside class="side" aria-label="People and servers">
        <button type="button" class="plain close" onClick={close} aria-label="Close">
          ×
        </button>
        <h2>
          {people.count} {people.count === 1 ? "person" : "people"}
        </h2>
        <ul>
          {known.map((person) => (
            <li key={person.id} class={`hue-${hueOf(person.id)}`}>
              <Called person={person} tag={names.tag(person)} />
              {person.id === me.id && <span class="aside"> you</span>}
            </li>
          ))}
          {more > 0 && <li class="aside">and {more} more</li>}
        </ul>
        <h2>{servers.length === 1 ? "Server" : `${servers.length} servers`}</h2>
        <ul>
          {servers.map(({ name, status }) => (
            <li key={name} class={status}>
              <span class="dot" aria-hidden="true" />
              {name === link.server || name.includes("@") || status !== "alive" ? (
                <span>{name}</span>
              ) : (
                <a href={`/chats/${chat}?server=${name}`} title={`Go to ${name}`}>
                  {name}
                </a>
              )}
              <span class="aside"> {about(status, clients.get(name), name === link.server)}</span>
            </li>
          ))}
        </ul>
        <p class="aside">
          <a href={`/chats/${chat}/cluster`}>Watch them work</a>
        </p>
      </aside>
    );
  }
}

function Called({ person, tag }: { person: Person; tag: string | undefined }) {
  return (
    <span class="name">
      <bdi>{person.name}</bdi>
      {tag && <span class="tag"> #{tag}</span>}
    </span>
  );
}

function about(status: string, clients: number | undefined, yours: boolean): string {
  if (status !== "alive") return status;
  return [clients === undefined ? "" : `${clients} here`, yours ? "yours" : ""].filter(Boolean).join(", ");
}
