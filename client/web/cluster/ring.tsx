/** The cluster as a picture: servers on a ring, each in its place, and lines between those that relay to each other. The table says the same. */
import { Component } from "preact";
import type { LinkView } from "../../../src/chat/view.ts";
import type { Dots } from "./dots.ts";
import { type Layout, layoutOf, radiusOf } from "./layout.ts";
import type { Shown } from "./model.ts";

/** Pixels until it is known how much room there is. */
const FIRST_WIDTH = 560;

interface Props {
  label: string;
  servers: readonly Shown[];
  links: readonly LinkView[];
  /** Whose view it is. */
  seenFrom: string;
  dots: Dots;
}

export class Ring extends Component<Props, { room: number }> {
  override state = { room: FIRST_WIDTH };
  #box: HTMLElement | undefined;
  readonly #observer = new ResizeObserver(([entry]) => {
    if (entry) this.setState({ room: Math.floor(entry.contentRect.width) });
  });

  override componentDidMount(): void {
    if (this.#box) this.#observer.observe(this.#box);
  }

  override componentWillUnmount(): void {
    this.#observer.disconnect();
  }

  readonly #holdBox = (box: HTMLElement | null): void => {
    this.#box = box ?? undefined;
  };
  readonly #holdLayer = (layer: SVGGElement | null): void => {
    this.props.dots.layer = layer ?? undefined;
  };

  override render({ label, servers, links, seenFrom, dots }: Props, { room }: { room: number }) {
    const layout = layoutOf(
      servers.map(({ name }) => name),
      room,
    );
    dots.layout = layout;
    const { width, height } = layout;
    return (
      <div class="ring" ref={this.#holdBox}>
        <svg role="img" aria-label={label} viewBox={`0 0 ${width} ${height}`} width={width} height={height}>
          {pairsOf(links).map((pair) => (
            <Line key={`${pair.a} ${pair.b}`} {...pair} layout={layout} />
          ))}
          <g ref={this.#holdLayer} />
          {servers.map((server) => (
            <Node key={server.name} server={server} layout={layout} isSource={server.name === seenFrom} />
          ))}
        </svg>
      </div>
    );
  }
}

interface Pair {
  a: string;
  b: string;
  /** Messages that wait, in one direction or the other. */
  lag: number;
  broken: boolean;
}

/** Both directions as one line. */
function pairsOf(links: readonly LinkView[]): Pair[] {
  const pairs = new Map<string, Pair>();
  for (const { from, to, lag = 0, status } of links) {
    const [a, b] = from < to ? [from, to] : [to, from];
    const pair = pairs.get(`${a} ${b}`) ?? { a, b, lag: 0, broken: false };
    pairs.set(`${a} ${b}`, { a, b, lag: pair.lag + lag, broken: pair.broken || status === "unreachable" });
  }
  return [...pairs.values()];
}

function Line({ a, b, lag, broken, layout }: Pair & { layout: Layout }) {
  const [start, end] = [layout.spots.get(a), layout.spots.get(b)];
  if (!start || !end) return null;
  const kind = broken ? "broken" : lag > 0 ? "behind" : "";
  return (
    <g class={`line ${kind}`}>
      <line x1={start.x} y1={start.y} x2={end.x} y2={end.y} />
      {lag > 0 && (
        <text x={(start.x + end.x) / 2} y={(start.y + end.y) / 2 - 6}>
          {lag}
        </text>
      )}
    </g>
  );
}

function Node({ server, layout, isSource }: { server: Shown; layout: Layout; isSource: boolean }) {
  const { name, condition, clients } = server;
  const { x, y } = layout.spots.get(name) ?? { x: 0, y: 0 };
  const radius = radiusOf(clients, layout.most);
  return (
    <g class={`node ${condition}${isSource ? " source" : ""}`}>
      <title>{name}</title>
      <circle cx={x} cy={y} r={radius} />
      {condition !== "left" && (
        <text class="count" x={x} y={y + 5}>
          {clients}
        </text>
      )}
      <text class="called" x={x} y={y + layout.most + 15}>
        {shortened(name, layout.letters)}
      </text>
      {condition !== "up" && (
        <text class="condition" x={x} y={y + layout.most + 29}>
          {condition}
        </text>
      )}
    </g>
  );
}

/** Of a long address the beginning and the end, which tell it from others. */
function shortened(name: string, letters: number): string {
  if (name.length <= letters) return name;
  const end = Math.floor((letters - 1) / 2);
  return `${name.slice(0, letters - 1 - end)}…${name.slice(name.length - end)}`;
}
