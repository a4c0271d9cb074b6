/** Relays: what is written is what is read, whatever people say, and whatever was done to a body on its way. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Batch } from "../../../src/chat/batch.ts";
import { type Place, read } from "../../../src/chat/body.ts";
import { parseRelayAnswer } from "../../../src/chat/relay-answer.ts";
import { parseRelay, type RelayRequest, writeRelay } from "../../../src/chat/relay-wire.ts";
import { clusterOf } from "../cluster.ts";
import { anything, batch, count, cursor, epoch, HOSTS, IDS, ORIGINS, personName, runs, text } from "./arbitraries.ts";
import { tampered } from "./mutations.ts";

const [HOME, OTHER] = HOSTS;
const HERE: Place = { chat: "lobby", host: undefined };

const presence = fc.record({
  epoch,
  version: count,
  people: fc.array(fc.tuple(fc.constantFrom(...IDS), personName), { maxLength: 3 }),
});
const relay: fc.Arbitrary<RelayRequest> = fc.record(
  { from: fc.constantFrom("b", "main"), vv: cursor, presence, batches: fc.array(batch, { maxLength: 3 }) },
  { requiredKeys: ["from", "vv", "batches"] },
);
/** A body as it arrives: requests are sent in UTF-8. */
const carried = (body: string) => new TextDecoder().decode(new TextEncoder().encode(body));

/** The lines of a batch that are not the messages its head speaks of. */
function strangers({ head, lines }: Batch): string[] {
  const { origin, first, count, time, ids, by, size } = head;
  const list = lines.split("\n");
  if (list.length !== count || lines.length !== size) return list;
  return list.filter((line, i) => {
    const { name, text, ...message } = JSON.parse(line);
    const author = { id: ids[by[2 * i] ?? -1], n: by[2 * i + 1] };
    const due: Record<string, unknown> = { type: "message", origin, seq: first + i, time, ...author };
    const same = Object.keys(due).every((key) => message[key] === due[key]);
    return !same || typeof name !== "string" || typeof text !== "string";
  });
}

describe("relay bodies", () => {
  it("L5 R2 come out as they went in", () => {
    fc.assert(
      fc.property(relay, (relay) => {
        const body = carried(writeRelay("main", relay, HERE));
        expect(read(parseRelay, body, HERE)).toEqual({ ok: true, value: relay });
      }),
    );
  });

  it("L5 X4 between deployments only the sender's address changes", () => {
    fc.assert(
      fc.property(relay, (relay) => {
        const body = carried(writeRelay(`main@${OTHER}`, relay, { chat: "lobby", host: HOME }));
        const from = `${relay.from}@${HOME}`;
        expect(read(parseRelay, body, { chat: "lobby", host: OTHER })).toEqual({ ok: true, value: { ...relay, from } });
        expect(read(parseRelay, body, { chat: "lobby", host: HOME })).toEqual({ ok: true, value: relay });
      }),
    );
  });

  it("L5 S2 C2 what people say, under whatever names, arrives as it was said", () => {
    const person = fc.tuple(personName, fc.array(text, { minLength: 1, maxLength: 4 }));
    fc.assert(
      fc.property(fc.array(person, { minLength: 1, maxLength: 3 }), (people) => {
        const cluster = clusterOf("main", "b");
        const main = cluster.node("main");
        for (const [name, texts] of people) {
          const client = main.connect().join(name);
          for (const text of texts) client.send(text);
        }
        main.flush();
        const body = carried(cluster.posts.find(({ verb }) => verb === "relay")?.body ?? "");
        const relay = parseRelay(body, HERE);
        expect(read(parseRelay, writeRelay("b", relay, HERE), HERE)).toEqual({ ok: true, value: relay });
        const said = relay.batches.flatMap(({ lines }) => lines.split("\n").map((line) => JSON.parse(line)));
        expect(said.map(({ name, text }) => [name, text])).toEqual(
          people.flatMap(([name, texts]) => texts.map((text) => [name, text])),
        );
        expect(relay.batches.flatMap(strangers)).toEqual([]);
      }),
      runs(50),
    );
  });

  it("R3 R4 what is written and applied is answered as it is", () => {
    fc.assert(
      fc.property(
        cursor,
        cursor,
        fc.subarray(ORIGINS),
        fc.option(fc.nat(), { nil: undefined }),
        (vv, unwritten, want, more) => {
          const left = more === undefined ? undefined : more + 1;
          const life: [number, string] | undefined = more === undefined ? undefined : [more + 1, "00000001"];
          const answer = { vv, unwritten, want, left, life };
          expect(read(parseRelayAnswer, JSON.stringify(answer), HERE)).toEqual({ ok: true, value: answer });
        },
      ),
    );
  });
});

describe("bodies that were tampered with", () => {
  it("R7 L5 are refused with a reason, or each line is still the message its head speaks of", () => {
    let refused = 0;
    let taken = 0;
    fc.assert(
      fc.property(tampered(relay.map((relay) => writeRelay("main", relay, HERE))), (body) => {
        const result = read(parseRelay, body, HERE);
        if (!result.ok) {
          refused++;
          expect(result.reason).not.toBe("");
          return;
        }
        taken++;
        expect(result.value.batches.flatMap(strangers)).toEqual([]);
        const again = writeRelay("main", result.value, HERE);
        expect(read(parseRelay, again, HERE)).toEqual(result);
      }),
      runs(1000),
    );
    // Both must have happened, or the above says nothing about it.
    expect([refused > 100, taken > 100]).toEqual([true, true]);
  });

  it("R7 any text at all is refused with a reason", () => {
    fc.assert(
      fc.property(fc.oneof(anything, fc.json()), (body) => {
        const place = { chat: "lobby", host: HOME };
        for (const parse of [parseRelay, parseRelayAnswer])
          expect(read<unknown>(parse, body, place)).toEqual({ ok: false, reason: expect.stringMatching(/./) });
      }),
      runs(300),
    );
  });
});
