/** One server, and who is on it. */
import type { Person } from "../../../src/chat/wire.ts";
import { hueOf, type Names } from "../model/names.ts";
import type { Place } from "../model/places.ts";

interface Props {
  place: Place;
  chat: string;
  names: Names;
  /** The id of whose page this is, and the server they are on. */
  me: string;
  mine: string | undefined;
}

export function PlaceOf({ place, chat, names, me, mine }: Props) {
  const { server = "elsewhere", status, people, count } = place;
  const isMine = server === mine;
  const canGo = status === "alive" && !isMine && !server.includes("@");
  const sorted = people.toSorted((a, b) => names.call(a).localeCompare(names.call(b)));
  const more = (count ?? 0) - people.length;
  return (
    <section class={status}>
      <h3>
        <span class="dot" aria-hidden="true" />
        {canGo ? (
          <a href={`/chats/${chat}?server=${server}`} title={`Go to ${server}`}>
            {server}
          </a>
        ) : (
          <span>{server}</span>
        )}
        <span class="aside"> {about(place, isMine)}</span>
      </h3>
      {people.length + Math.max(0, more) > 0 && (
        <ul aria-label={`On ${server}`}>
          {sorted.map((person) => (
            <li key={person.id} class={`hue-${hueOf(person.id)}`}>
              <Called person={person} tag={names.tag(person)} />
              {person.id === me && <span class="aside"> you</span>}
            </li>
          ))}
          {more > 0 && <li class="aside">and {more} more</li>}
        </ul>
      )}
    </section>
  );
}

function Called({ person, tag }: { person: Person; tag: string | undefined }) {
  return (
    <span class="name">
      <bdi>{person.name}</bdi>
      {tag && <span class="tag"> #{tag}</span>}
    </span>
  );
}

function about({ status, count }: Place, isMine: boolean): string {
  const of = status === "alive" || status === "unknown" ? "" : status;
  return [of, count === undefined ? "" : `${count} here`, isMine ? "yours" : ""].filter(Boolean).join(", ");
}
