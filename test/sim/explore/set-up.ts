/** How every exploration begins: the servers of a scope started, its people connected, all quiet and asleep. */
import { Model, type Move } from "./model.ts";
import { NO_FAULTS, type Order, type Scope } from "./scopes.ts";
import { Violation } from "./violation.ts";
import { after, type World } from "./world.ts";

/** Moves in which a chat without faults becomes quiet. */
const MOST_MOVES = 1000;
/** Moves that are told of one that does not. */
const TOLD = 100;

export function setUp(scope: Scope): { model: Model; world: World } {
  const model = new Model(scope);
  const orders = scope.started.map((server): Order => ({ type: "start", server, boot: "main" }));
  const people = scope.people.map((person) => ({ ...person, script: [] }));
  let world = settle(new Model({ ...scope, people, orders, inTurn: true, budget: NO_FAULTS }, model));
  // Without memory a server is as short a story as can be, and from its disk it knows all there is to know.
  for (const [s, local] of world.servers.entries())
    world = after(world, s, model.locals.forget(local, "hibernate", world.now), scope.servers, model.numbers);
  return { model, world: { ...world, orders: scope.orders.map(() => ""), budget: scope.budget } };
}

/** Lets the first thing happen that can, until nothing is left. */
function settle(model: Model): World {
  const path: Move[] = [];
  for (let world = model.begin(); path.length < MOST_MOVES; ) {
    const [move] = model.moves(world);
    if (move === undefined) return world;
    path.push(move);
    if (move.wrong) throw new Violation(model.scope.name, `${move.wrong}, while it is set up`, path);
    world = move.to;
  }
  throw new Violation(model.scope.name, "it does not become quiet while it is set up", path.slice(0, TOLD));
}
