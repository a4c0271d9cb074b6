/** A scripted conversation over three servers, to be played with everything evicted or crashed in between. */
import { Client } from "./client.ts";
import { disconnectServer, eventually, freshChat, listServers, ring, startServer } from "./helpers.ts";

const SERVERS = ["main", "b", "c"];

/** One conversation under way. */
export class Talk {
  readonly chat = freshChat();
  readonly people = new Map<string, Client>();
  /** Who wants to leave, or has. */
  readonly leaving = new Set<string>();

  person(name: string): Client {
    const person = this.people.get(name) ?? new Client(this.chat, name);
    this.people.set(name, person);
    return person;
  }

  /** Those who are there to stay. */
  get present(): Client[] {
    return [...this.people.values()].filter(({ name }) => !this.leaving.has(name));
  }

  /** After a crash everyone comes back to where they were, or where they were sent, and says again what they wanted. */
  async comeBack(): Promise<void> {
    for (const person of this.people.values()) {
      if (hasLeft(person)) continue;
      await person.reconnect(person.of("exit").length > 0 ? "b" : person.of("welcome").at(-1)?.server);
      if (this.leaving.has(person.name)) person.leave();
    }
  }

  /** Rings the alarms: what an eviction cut off is paid now and not in ten seconds. */
  async ringAll(): Promise<void> {
    for (const server of SERVERS) await ring(this.chat, server);
  }
}

/** What is done, and how to know that everyone has noticed. */
export interface Step {
  title: string;
  act(talk: Talk): unknown;
  noticed(talk: Talk): Promise<unknown>;
}

const hasLeft = (person: Client): boolean => person.of("exit").some(({ reason }) => reason === "leave");

const all = (talk: Talk, noticed: (person: Client) => Promise<unknown>) => Promise.all(talk.present.map(noticed));

/** Whether someone is told that a name is here: by `welcome`, and `join` and `leave` since. */
function shows({ got }: Client, name: string): boolean {
  let here = false;
  for (const message of got)
    if (message.type === "welcome") here = message.names.some((person) => person.name === name);
    else if ((message.type === "join" || message.type === "leave") && message.name === name)
      here = message.type === "join";
  return here;
}

const joins = (name: string, server: string): Step => ({
  title: `${name} joins ${server}`,
  act: (talk) => talk.person(name).connect(server),
  noticed: (talk) => all(talk, (person) => person.until(() => shows(person, name), `${name} has joined`)),
});

const say = (...lines: [name: string, ...texts: string[]][]): Step => ({
  title: lines.map(([name, ...texts]) => `${name} says ${texts.join(", ")}`).join("; "),
  act: (talk) => {
    for (const [name, ...texts] of lines) talk.person(name).send(...texts);
  },
  noticed: (talk) => all(talk, (person) => person.hears(...lines.flatMap(([, ...texts]) => texts))),
});

const leaves = (name: string): Step => ({
  title: `${name} leaves`,
  act: (talk) => {
    talk.leaving.add(name);
    talk.person(name).leave();
  },
  noticed: async (talk) => {
    await talk.person(name).until(hasLeft, "exit");
    await all(talk, (person) => person.until(() => !shows(person, name), `${name} has left`));
  },
});

const start = (server: string, boot: string): Step => ({
  title: `${server} starts`,
  act: ({ chat }) => startServer(chat, server, boot),
  noticed: async (talk) => {
    const told = (person: Client) => person.frames.some((frame) => frame.includes(`servers/${server}/ws`));
    await all(talk, (person) => person.until(told, `${server} is there`));
    // Whoever joins there next is to find everyone in `welcome`.
    await eventually(`${server} knows who is there`, async () => {
      const people = (await listServers(talk.chat, server)).reduce((sum, { clients }) => sum + clients, 0);
      return people === talk.present.length;
    });
  },
});

const goes = (server: string, ...movers: string[]): Step => ({
  title: `${server} is disconnected, ${movers} moves to b`,
  act: ({ chat }) => disconnectServer(chat, server),
  noticed: async (talk) => {
    for (const name of movers) {
      const mover = talk.person(name);
      await mover.until(() => mover.of("exit").length > 0 || mover.of("welcome").at(-1)?.server === "b", "exit");
      if (mover.closed) await mover.connect("b");
    }
  },
});

export const SCRIPT: readonly Step[] = [
  joins("Ann", "main"),
  start("b", "main"),
  joins("Bob", "b"),
  say(["Ann", "hello", "anybody here?"], ["Bob", "me"]),
  start("c", "b"),
  joins("Cid", "c"),
  say(["Cid", "one", "two", "three"], ["Bob", "four"], ["Ann", "five", "six"]),
  leaves("Bob"),
  joins("Dan", "b"),
  say(["Dan", "where is Bob?"], ["Ann", "gone"]),
  goes("c", "Cid"),
  say(["Cid", "c has gone too", "but I am here"], ["Dan", "welcome to b"], ["Ann", "good night"]),
];
