/** The cluster as tables: all that the picture shows, and more exactly. */
import type { LinkView } from "../../../src/chat/view.ts";
import type { Cluster, Shown } from "./model.ts";
import { type Operator, OrderButton } from "./operator.tsx";
import { Scrolls } from "./scrolls.tsx";
import { duration, plural } from "./words.ts";

/** Links that are shown without being asked for. */
const FEW_LINKS = 12;

interface Props {
  cluster: Cluster;
  servers: readonly Shown[];
  now: number;
  operator: Operator;
}

export function Servers({ cluster, servers, now, operator }: Props) {
  const seenFrom = cluster.view?.server;
  return (
    <Scrolls label="Servers">
      <table>
        <caption class="unseen">Servers</caption>
        <thead>
          <tr>
            <th scope="col">Server</th>
            <th scope="col">State</th>
            <th scope="col" class="number">
              Clients
            </th>
            <th scope="col" class="number" title="Messages that began to travel there since this page is open">
              Said
            </th>
            <th scope="col" class="heard">
              Last heard
            </th>
            {operator.cookie !== "" && <th scope="col">Orders</th>}
          </tr>
        </thead>
        <tbody>
          {servers.map((server) => (
            <tr key={server.name} class={server.condition}>
              <th scope="row">
                {server.name}
                {server.name === seenFrom && <span class="aside"> seen from here</span>}
              </th>
              <td>
                <span class="mark" aria-hidden="true" />
                {server.condition}
              </td>
              <td class="number">{server.clients}</td>
              <td class="number">{server.said}</td>
              <td class="heard">{ago(server.heard, now)}</td>
              {operator.cookie !== "" && (
                <td class="order">
                  <OrderButton server={server} operator={operator} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolls>
  );
}

/** How long ago, as exactly as it does not change all the time. */
function ago(at: number | undefined, now: number): string {
  if (at === undefined) return "–";
  const ms = now - at;
  return ms < 10_000 ? "just now" : ms < 60_000 ? "within a minute" : `${duration(ms)} ago`;
}

export function Links({ links }: { links: readonly LinkView[] }) {
  if (links.length === 0) return <p class="aside">There is no other server to relay to.</p>;
  return (
    <details open={links.length <= FEW_LINKS}>
      <summary>{plural(links.length, "link")}</summary>
      <Scrolls label="Links">
        <table>
          <caption class="unseen">Links: who relays to whom</caption>
          <thead>
            <tr>
              <th scope="col">From</th>
              <th scope="col">To</th>
              <th scope="col" class="number">
                Lag
              </th>
              <th scope="col" class="number">
                Round trip
              </th>
            </tr>
          </thead>
          <tbody>
            {links.map((link) => (
              <tr key={`${link.from} ${link.to}`} class={link.status}>
                <td>{link.from}</td>
                <td>{link.to}</td>
                <td class="number">{lagOf(link)}</td>
                <td class="number">{link.rtt === undefined ? "–" : `${link.rtt} ms`}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scrolls>
    </details>
  );
}

function lagOf({ lag, status }: LinkView): string {
  if (status === "unreachable") return lag ? `unreachable, ${lag} waiting` : "unreachable";
  return lag === undefined ? "–" : lag === 0 ? "none" : `${lag}`;
}
