/** Where servers stand on the ring: by address, so that nobody moves when one leaves. Lengths are in pixels. */

/** Servers beyond which no ring can be read; the table tells of them. */
export const MAX_ON_RING = 20;
/** The widest a ring is drawn. */
const MAX_WIDTH = 640;
/** Pixels around the ring: names and conditions stand below their servers. */
const MARGIN = { x: 64, top: 40, bottom: 70 };

export interface Spot {
  x: number;
  y: number;
}

export interface Layout {
  width: number;
  height: number;
  spots: ReadonlyMap<string, Spot>;
  /** The largest radius of a server, and characters of a name there is room for. */
  most: number;
  letters: number;
}

/** `names` in order; `room`: how wide it may be. */
export function layoutOf(names: readonly string[], room: number): Layout {
  const width = Math.max(280, Math.min(MAX_WIDTH, room));
  const height = Math.min(width, 420);
  const [rx, ry] = [width / 2 - MARGIN.x, (height - MARGIN.top - MARGIN.bottom) / 2];
  const middle = MARGIN.top + ry;
  const spots = new Map(
    names.map((name, i): [string, Spot] => {
      const angle = (i / names.length) * 2 * Math.PI - Math.PI / 2;
      const alone = names.length === 1;
      return [
        name,
        { x: width / 2 + (alone ? 0 : rx * Math.cos(angle)), y: middle + (alone ? 0 : ry * Math.sin(angle)) },
      ];
    }),
  );
  const gap = (Math.PI * (rx + ry)) / Math.max(1, names.length);
  return {
    width,
    height,
    spots,
    most: Math.max(9, Math.min(34, gap * 0.36)),
    letters: Math.max(5, Math.floor(gap / 8)),
  };
}

/** The radius of a server with so many clients: what is seen is the area. */
export const radiusOf = (clients: number, most: number): number =>
  Math.min(most, most * 0.5 + 2.2 * Math.sqrt(clients));
