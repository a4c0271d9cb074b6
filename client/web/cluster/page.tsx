/** The page in all its parts: how the chat is, the ring, the tables, what happened, and what operators can do. */
import { Component } from "preact";
import { fullTime } from "../view/times.ts";
import type { Dots } from "./dots.ts";
import type { Health } from "./health.ts";
import { MAX_ON_RING } from "./layout.ts";
import type { Cluster, Event, Shown } from "./model.ts";
import { Orders } from "./operator.tsx";
import { Ring } from "./ring.tsx";
import { Scrolls } from "./scrolls.tsx";
import { Links, Servers } from "./table.tsx";
import { duration } from "./words.ts";

interface Props {
  chat: string;
  cluster: Cluster;
  health: Health;
  /** Since when there is no connection, ms since epoch, and in how many seconds it is tried again; absent: it holds, or is being tried. */
  link: { lostAt: number | undefined; retry: number | undefined; tryNow(): void };
  dots: Dots;
  now: number;
}

interface State {
  cookie: string;
  chosen: Shown | undefined;
}

/** Milliseconds without a connection before it is said: a move to another server takes less. */
const QUIET_MS = 2000;

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });

export class Page extends Component<Props, State> {
  override state: State = { cookie: "", chosen: undefined };

  override render({ chat, cluster, health, link, dots, now }: Props, { cookie, chosen }: State) {
    const servers = cluster.servers(now);
    const links = cluster.links();
    const seenFrom = cluster.view?.server ?? "main";
    const onRing = servers.length <= MAX_ON_RING ? servers : servers.filter(({ condition }) => condition !== "left");
    const operator = { cookie, choose: (server: Shown) => this.setState({ chosen: { ...server } }) };
    const lost = link.lostAt !== undefined && now - link.lostAt > QUIET_MS;
    return (
      <div class="cluster">
        <header>
          <h1>
            {chat} <span class="aside">cluster</span>
          </h1>
          <a href={`/chats/${chat}`}>Back to the chat</a>
        </header>
        <main class={lost ? "lost" : ""}>
          <div class="picture">
            <p class={`health ${lost ? "unknown" : health.level}`}>{health.text}</p>
            <OutOfTouch lost={lost} link={link} now={now} />
            {onRing.length > 0 && onRing.length <= MAX_ON_RING && (
              <Ring label={health.text} servers={onRing} links={links} seenFrom={seenFrom} dots={dots} />
            )}
            {onRing.length > MAX_ON_RING && (
              <p class="aside">More than {MAX_ON_RING} servers are told of in the table only.</p>
            )}
          </div>
          <section class="tables" aria-labelledby="servers">
            <h2 id="servers">Servers</h2>
            <Servers cluster={cluster} servers={servers} now={now} operator={operator} />
            <h2>Relays</h2>
            <Links links={links} />
          </section>
          <Events events={cluster.events} />
          <Orders
            chat={chat}
            cookie={cookie}
            setCookie={(cookie) => this.setState({ cookie })}
            boot={seenFrom}
            chosen={chosen}
          />
        </main>
      </div>
    );
  }
}

/** What counts down is only seen: read aloud, it would be said each second. */
function OutOfTouch({ lost, link, now }: Pick<Props, "link" | "now"> & { lost: boolean }) {
  return (
    <p class="out-of-touch">
      <span role="status">{lost ? "Out of touch: this is what was known last." : ""}</span>
      {lost && (
        <>
          <span aria-hidden="true">
            {` For ${duration(now - (link.lostAt ?? now))}; ${link.retry ? `trying again in ${link.retry} s` : "trying…"} `}
          </span>
          <button type="button" onClick={link.tryNow}>
            Try now
          </button>
        </>
      )}
    </p>
  );
}

function Events({ events }: { events: readonly Event[] }) {
  return (
    <section class="events" aria-labelledby="events">
      <h2 id="events">Events</h2>
      {events.length === 0 && <p class="aside">Nothing has happened since this page is open.</p>}
      <Scrolls label="Events, the latest first">
        <div role="log" aria-label="Events">
          {events.toReversed().map(({ key, kind, text, time }) => (
            <p key={key} class={`event ${kind}`}>
              <time dateTime={new Date(time).toISOString()} title={fullTime(time)}>
                {clock.format(time)}
              </time>{" "}
              {text}
            </p>
          ))}
        </div>
      </Scrolls>
    </section>
  );
}
