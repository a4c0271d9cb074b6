/** Who is here, by server. */
import { Component } from "preact";
import type { Conversation } from "../model/conversation.ts";
import { placesOf } from "../model/places.ts";
import { serversOf } from "./join.tsx";
import { PlaceOf } from "./place.tsx";

/** Milliseconds after a change until the numbers are asked for: what comes together is asked for once. */
const LATER_MS = 1500;

interface Props {
  conversation: Conversation;
  chat: string;
  /** Whether there is no connection: then this is what was known last. */
  isOutdated: boolean;
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

  /** Asks how many are on which server when not all are known and that has changed, and nobody when nothing has. */
  #look(delay: number): void {
    const { people, servers, link } = this.props.conversation;
    if (people.isAll) return;
    const now = JSON.stringify([people.count, servers.map(({ name, status }) => [name, status]), link.server]);
    if (now === this.#seen || link.isLost) return;
    this.#seen = now;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(async () => {
      const servers = await serversOf(this.props.chat);
      this.setState({ clients: new Map(servers.map(({ name, clients }) => [name, clients])) });
    }, delay);
  }

  override render(
    { conversation, chat, isOutdated, close }: Props,
    { clients }: { clients: ReadonlyMap<string, number> },
  ) {
    const { people, names, me, link, servers } = conversation;
    return (
      <aside class={`side${isOutdated ? " outdated" : ""}`} aria-label="People and servers">
        <button type="button" class="plain close" onClick={close} aria-label="Close">
          ×
        </button>
        <h2>
          {people.count} {people.count === 1 ? "person" : "people"}
          {isOutdated && servers.length > 0 && <span class="aside"> as last known</span>}
        </h2>
        {placesOf(people, servers, link.server, clients).map((place) => (
          <PlaceOf key={place.server ?? ""} place={place} chat={chat} names={names} me={me.id} mine={link.server} />
        ))}
        <p class="aside">
          <a href={`/chats/${chat}/cluster`}>Watch them work</a>
        </p>
      </aside>
    );
  }
}
