/** Who stands under which server beside the list. */
import { expect, it } from "vitest";
import { placesOf } from "../../../client/web/model/places.ts";
import { entry, ID } from "../rig.ts";
import { ANNE, Play } from "./people.ts";

const JOHN = { name: "John", id: ID, server: "main" };
const JOE = { name: "Joe", id: "b2b2b2" };
const SERVERS = [entry("a"), entry("b", "left"), entry("c", "unreachable"), entry("d", "left"), entry("main")];

/** The places as words, as on the page. */
const places = ({ people, servers }: Play, counts: [string, number][] = []) =>
  placesOf(people, servers, "main", new Map(counts)).map(
    ({ server, status, count, people }) =>
      `${server} ${status} ${count}: ${people.map(({ name }) => name).sort().join()}`, // biome-ignore format: one thing
  );

it("W6 one's own server is first; one that left is there while somebody is on it", () => {
  const play = Play.welcomed({ names: [JOHN], servers: SERVERS });
  expect(places(play)).toEqual(["main alive 1: John", "a alive 0: ", "c unreachable 0: "]);
  play.tell({ type: "join", ...ANNE, server: "b" });
  expect(places(play)[2]).toBe("b left 1: Anne");
  play.tell({ type: "move", ...ANNE, server: "main" });
  expect(places(play)).toEqual(["main alive 2: Anne,John", "a alive 0: ", "c unreachable 0: "]);
  expect(play.rows.map(({ entry }) => entry.kind)).toEqual(["came"]);
  play.tell({ type: "join", ...JOE });
  expect(places(play).at(-1)).toBe("undefined unknown undefined: Joe");
  const { id } = JOE;
  play.tell({ type: "presence", count: 2, joined: 0, left: 0, names: [JOHN, { name: "Joe", id, server: "a" }] });
  expect(places(play)).toEqual(["main alive 1: John", "a alive 1: Joe", "c unreachable 0: "]);
});

it("W5 W17 of a crowd the numbers are those the servers say; many who moved are no line", () => {
  const play = Play.welcomed({ names: [JOHN], count: 130, servers: [entry("a"), entry("main")] });
  expect(places(play)).toEqual(["main alive undefined: John", "a alive undefined: "]);
  play.tell({ type: "presence", count: 130, joined: 0, left: 0 });
  expect(places(play, [["main", 100], ["a", 30]])).toEqual(["main alive 100: John", "a alive 30: "]); // biome-ignore format: one thing
  expect(play.rows).toEqual([]);
});
