/** Talk so brisk that rows of what others wrote stay open, and the relays it causes. */
import { Cluster, people, started } from "./cluster.ts";

/** Two servers that expect more after `brisk` relays, and somebody on each. */
export function talk(brisk = 1, bounds: Cluster["bounds"] = {}) {
  const cluster = started(new Cluster({ ...bounds, brisk }), ["main", "b"]);
  const { first, second } = people(cluster, "main", "b");
  cluster.pass(60_000);
  const [main, b] = [first.node, second.node];
  const say = (...texts: string[]) => {
    for (const text of texts) {
      first.send(text);
      cluster.settle();
    }
  };
  return { cluster, first, second, main, b, say };
}

/** Bodies of relays from now on, as [sender, header]. */
export function relays(cluster: Cluster) {
  const deliver = cluster.deliver.bind(cluster);
  const seen: [string, { vv: object; unwritten: object; batches: unknown[] }][] = [];
  cluster.deliver = (post, lost) => {
    if (post.verb === "relay") seen.push([post.from, JSON.parse(post.body.split("\n", 1)[0] ?? "")]);
    deliver(post, lost);
  };
  return seen;
}
