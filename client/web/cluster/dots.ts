/** Dots that travel where messages travel: from the server where something is said to every other one it reaches. */

import type { Layout } from "./layout.ts";
import type { Cluster } from "./model.ts";

/** Milliseconds a dot is on its way, and between two that say the same. */
const FLIGHT_MS = 650;
const APART_MS = 70;
/** Dots for one server's messages in one frame, and dots at once: more say nothing more. */
const MOST_EACH = 3;
const MOST = 150;
const RADIUS = 4;

const stillness = matchMedia("(prefers-reduced-motion: reduce)");

export class Dots {
  /** Where they are drawn, and where the servers stand; given by the ring. */
  layer: SVGGElement | undefined;
  #layout: Layout | undefined;
  readonly #flying = new Set<Animation>();

  /** Where servers stand now; dots on their way to where they stood before are gone. */
  set layout(layout: Layout) {
    if (this.#layout?.width !== layout.width) for (const flight of this.#flying) flight.cancel();
    this.#layout = layout;
  }

  /** Lets the dots of some messages go, unless nobody sees them or wants less motion. */
  fly(messages: ReadonlyMap<string, number>, cluster: Cluster): void {
    if (stillness.matches || document.hidden) return;
    const reached = (cluster.view?.servers ?? []).filter(({ status }) => status === "alive").map(({ name }) => name);
    for (const [from, count] of messages)
      for (const to of reached)
        if (to !== from) for (let i = 0; i < Math.min(count, MOST_EACH); i++) this.#send(from, to, i * APART_MS);
  }

  #send(from: string, to: string, delay: number): void {
    const [start, end] = [this.#layout?.spots.get(from), this.#layout?.spots.get(to)];
    if (!this.layer || !start || !end || this.#flying.size >= MOST) return;
    const dot = document.createElementNS("http://www.w3.org/2000/svg", "circle");
    dot.setAttribute("r", `${RADIUS}`);
    dot.setAttribute("class", "message-dot");
    this.layer.append(dot);
    const at = ({ x, y }: { x: number; y: number }) => ({ transform: `translate(${x}px, ${y}px)` });
    const flight = dot.animate([at(start), at(end)], {
      duration: FLIGHT_MS,
      delay,
      easing: "ease-in-out",
      fill: "both",
    });
    this.#flying.add(flight);
    const land = () => {
      dot.remove();
      this.#flying.delete(flight);
    };
    flight.finished.then(land, land);
  }
}
