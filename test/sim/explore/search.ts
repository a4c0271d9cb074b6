/** Visits every world that can be reached, each once. */
import type { Model, Move } from "./model.ts";
import { Oracle } from "./oracle.ts";
import type { Scope } from "./scopes.ts";
import { setUp } from "./set-up.ts";
import { Violation } from "./violation.ts";
import { Visited } from "./visited.ts";
import { keyOf, type World } from "./world.ts";

/** Worlds looked at in search of a shorter way to what went wrong. */
const SHORTER_BUDGET = 200_000;

export interface Report {
  states: number;
  transitions: number;
  /** States in which nothing is left to happen but faults. */
  terminal: number;
  depth: number;
  exhausted: boolean;
  /** How often each kind of move was made. */
  kinds: Map<string, number>;
  /** Different states of single servers, and steps of the core. */
  servers: number;
  steps: number;
}

/** Explores a scope, to at most `budget` states. Throws a `Violation`. `inTurns`: see `Model.step`. */
export function explore(scope: Scope, budget = Number.POSITIVE_INFINITY, inTurns = true): Report {
  const { model, world } = setUp(scope);
  model.inTurns = inTurns;
  const found = deep(model, world, budget);
  if ("states" in found) return found;
  const { wrong, path } = shortest(model, world) ?? found;
  throw new Violation(scope.name, wrong, path);
}

interface Found {
  wrong: string;
  path: Move[];
}

/** Depth first, which holds no more worlds than one way and the turns not taken on it. */
function deep(model: Model, world: World, budget: number): Report | Found {
  const visited = new Visited();
  const oracle = new Oracle(model.scope);
  const report = { transitions: 0, terminal: 0, depth: 0, kinds: new Map<string, number>() };
  const path: Move[] = [];
  const open: Move[][] = [];
  const enter = (at: World): string | undefined => {
    const moves = model.moves(at);
    const last = moves.every(({ fault }) => fault);
    if (last) report.terminal++;
    open.push(moves);
    return oracle.wrongIn(at, last);
  };
  visited.add(keyOf(world));
  let wrong = enter(world);
  while (open.length > 0 && wrong === undefined && visited.size < budget) {
    const move = open.at(-1)?.pop();
    if (move === undefined) {
      open.pop();
      path.pop();
      continue;
    }
    report.transitions++;
    report.kinds.set(move.kind, (report.kinds.get(move.kind) ?? 0) + 1);
    wrong = move.wrong;
    if (wrong) path.push(move);
    if (wrong || !visited.add(keyOf(move.to))) continue;
    path.push(move);
    report.depth = Math.max(report.depth, path.length);
    wrong = enter(move.to);
  }
  if (wrong) return { wrong, path };
  const { locals } = model;
  return { ...report, states: visited.size, exhausted: open.length === 0, servers: locals.size, steps: locals.steps };
}

/** Breadth first: the first thing wrong that is found is one of the nearest. */
function shortest(model: Model, world: World): Found | undefined {
  interface Step {
    at: World;
    move?: Move;
    before?: Step;
  }
  const visited = new Visited();
  const oracle = new Oracle(model.scope);
  const queue: Step[] = [{ at: world }];
  const wayTo = (step: Step, ...end: Move[]): Move[] => {
    const path = end;
    for (let at: Step | undefined = step; at?.move; at = at.before) path.unshift(at.move);
    return path;
  };
  for (const step of queue) {
    const moves = model.moves(step.at);
    const wrong = oracle.wrongIn(
      step.at,
      moves.every(({ fault }) => fault),
    );
    if (wrong) return { wrong, path: wayTo(step) };
    for (const move of moves) {
      if (move.wrong) return { wrong: move.wrong, path: wayTo(step, move) };
      if (visited.add(keyOf(move.to))) queue.push({ at: move.to, move, before: step });
    }
    if (visited.size > SHORTER_BUDGET) return undefined;
  }
  return undefined;
}
