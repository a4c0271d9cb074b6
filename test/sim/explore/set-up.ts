/** How every exploration begins: the servers of a scope started, its people connected, all quiet and asleep. */
import { Model, type Move } from "./model.ts";
import { NO_FAULTS, type Order, type Scope } from "./scopes.ts";
import { after, type World } from "./world.ts";

/** Turns in which a chat without faults becomes quiet. */
const MOST_TURNS = 1000;

export function setUp(scope: Scope): { model: Model; world: World } {
  const model = new Model(scope);
  const orders = scope.started.map((server): Order => ({ type: "start", server, boot: "main" }));
  const people = scope.people.map((person) => ({ ...person, script: [] }));
  let world = settle(new Model({ ...scope, people, orders, budget: NO_FAULTS }, model));
  // Without memory a server is as short a story as can be, and from its disk it knows all there is to know.
  for (const [s, local] of world.servers.entries())
    world = after(world, s, model.locals.forget(local, "hibernate", world.now), scope.servers, model.numbers);
  return { model, world: { ...world, orders: scope.orders.map(() => ""), budget: scope.budget } };
}

/** Lets the first thing happen that can, until nothing is left. */
function settle(model: Model): World {
  let world = model.begin();
  for (let turns = 0; turns < MOST_TURNS; turns++) {
    const move: Move | undefined = model.moves(world)[0];
    if (move === undefined) return world;
    if (move.wrong) throw new Error(`while ${model.scope.name} is set up ${move.wrong}, when ${move.label()}`);
    world = move.to;
  }
  throw new Error(`${model.scope.name} does not become quiet`);
}
