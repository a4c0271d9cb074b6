/** A scope in motion: how it begins, all that can happen next, and what comes of a step of a server. */
import { clientMoves, sureHearing } from "./client-moves.ts";
import { faultMoves } from "./fault-moves.ts";
import type { Happening } from "./host.ts";
import { Intern } from "./intern.ts";
import { type Fate, type Local, Locals, type Outcome } from "./local.ts";
import { newPerson, type Person } from "./person.ts";
import type { Scope } from "./scopes.ts";
import { alarmMoves, serverMoves, wakeMoves } from "./server-moves.ts";
import { after, forgotten, isSilent, NOBODY, type Numbers, type Packet, type World } from "./world.ts";

/** One thing that can happen. A fault may as well never happen. */
export interface Move {
  kind: string;
  label: () => string;
  to: World;
  wrong: string | undefined;
  fault?: boolean;
}

/** What happens to a server; `name` tells it from all else that can, `kind` and `label` are for people. */
export interface What {
  happening: Happening;
  name: string;
  kind: string;
  label: () => string;
}

export class Model {
  readonly scope: Scope;
  readonly locals: Locals;
  readonly numbers: Numbers;
  /** Whether steps that only queue are taken right before the next one of their server. */
  inTurns = true;

  constructor(scope: Scope, shared?: Model) {
    this.scope = scope;
    this.locals = shared?.locals ?? new Locals();
    this.numbers = shared?.numbers ?? {
      packets: new Intern<Packet>(),
      people: new Intern<Person>(),
      frames: new Intern<string>(),
    };
  }

  /** Servers that were never started, and people who are nowhere. */
  begin(): World {
    const rest = { life: 0, minted: 0, journal: [], alarm: null, sockets: [] };
    return {
      now: 0,
      servers: this.scope.servers.map((name) => this.locals.asleep(name, rest)),
      people: this.scope.people.map(({ name }) => this.numbers.people.keep(newPerson(name))),
      net: [],
      orders: this.scope.orders.map(() => ""),
      budget: this.scope.budget,
      lost: [],
      turn: NOBODY,
    };
  }

  moves(world: World): Move[] {
    const sure = sureHearing(this, world);
    if (sure) return [sure];
    const moves = [...serverMoves(this, world), ...clientMoves(this, world), ...alarmMoves(this, world)];
    moves.push(...faultMoves(this, world));
    if (moves.every(({ fault }) => fault)) moves.push(...wakeMoves(this, world));
    return moves;
  }

  /**
   * One step of a server, with each way it may end.
   *
   * A step that lets nothing out and leaves a flush to come only queues: no other server, and no client elsewhere, can tell whether it came now
   * or right before the next step of its server. So it is taken right before: until that next step it is this server's turn (a right mover,
   * Lipton 1975). Every world in which nothing is queued is still reached. Not so an alarm: with it time passes for all.
   */
  *step(world: World, s: number, { happening, name, kind, label }: What): Generator<Move> {
    const { budget } = world;
    const fates: Fate[] = ["well"];
    if (budget.crash > 0) {
      fates.push("after");
      // Of all else nothing but memory is lost before the commit: as if the server had crashed with it still on its way.
      if ("asker" in happening || happening.type === "alarm") fates.push("before");
    }
    for (const fate of fates) {
      const outcome = this.locals.happen(world.servers[s] as Local, happening, name, world.now, fate);
      const found = outcome.wrong ?? outcome.local.wrong;
      const wrong = found && `${outcome.local.name} ${found}`;
      const to = after(world, s, outcome, this.scope.servers, this.numbers);
      if (fate === "well") {
        const turn = happening.type === "alarm" ? NOBODY : this.turnAfter(s, outcome);
        yield { kind, label, to: { ...to, turn }, wrong };
      } else {
        const poorer = { ...to, turn: NOBODY, budget: { ...budget, crash: budget.crash - 1 } };
        yield {
          kind: `crash ${fate} commit`,
          label: () => `${label()}; it crashes ${fate} the commit`,
          to: forgotten(poorer, s, "cut", this.numbers),
          wrong,
          fault: true,
        };
      }
    }
  }

  /** Whose turn it is after a step of server `s`. */
  turnAfter(s: number, outcome: Outcome): number {
    return this.inTurns && outcome.local.flushing && isSilent(outcome) ? s : NOBODY;
  }

  nameOf(s: number): string {
    return this.scope.servers[s] as string;
  }
}
