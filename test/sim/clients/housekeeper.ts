// Whoever has partitions looked after, what was deleted cleared away, and objects swept: as queues
// and schedules do in an account, but at any time, and of partitions that are long gone, too.

import { collect } from '../../../shared/engine/upkeep/collect.ts';
import { sweepObjects } from '../../../shared/engine/upkeep/sweep-objects.ts';
import { ask, type Verb } from '../ask.ts';
import { nameOf } from '../check/check.ts';
import type { UpkeepRequest } from '../history.ts';
import type { SimulatedProcess } from '../process.ts';
import type { UpkeepAct } from '../upkeep/upkeep-knobs.ts';
import { partitionVerbs, withinItsTime } from '../upkeep/upkeep-verbs.ts';
import type { SimulatedWorld } from '../world.ts';
import { type Client, processFor, work } from './client.ts';

export function housekeeper(client: Client): Promise<void> {
  const { world, name } = client;
  return work(client, async () => {
    const drawn = draw(world);
    if (drawn !== undefined) await upkeep(world, processFor(client), { client: name, ...drawn });
  });
}

type Upkeep = { readonly what: string; readonly verb: Verb<unknown> };

/** undefined: there is no partition yet. */
function draw(world: SimulatedWorld): Upkeep | undefined {
  const act = drawAct(world);
  if (act === 'sweep' || act === 'collect') {
    const graceMillis = world.isCalm
      ? graceWhenCalmMillis(world)
      : world.pick(world.knobs.upkeep?.graceMillis ?? [0]);
    return { what: `${act} after ${graceMillis} ms`, verb: sweeps[act](graceMillis) };
  }
  const partitions = [...world.watch.partitions.values()];
  if (partitions.length === 0) return undefined;
  const partition = world.pick(partitions);
  const name = nameOf({ topic: partition.topic, partition: partition.id.partition });
  return { what: `${act} ${name}`, verb: partitionVerbs[act](partition) };
}

const sweeps: Readonly<Record<'sweep' | 'collect', (graceMillis: number) => Verb<unknown>>> = {
  sweep: (graceMillis) => (engine, call) => sweepObjects(engine, call, { graceMillis }),
  collect: (graceMillis) => (engine, call) => collect(engine, call, { graceMillis }),
};

function drawAct(world: SimulatedWorld): UpkeepAct {
  const acts = Object.entries(world.knobs.upkeep?.acts ?? {}) as [UpkeepAct, number][];
  let left = world.chance.fraction() * acts.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [act, weight] of acts) {
    left -= weight;
    if (left < 0) return act;
  }
  return 'look-after';
}

/** Longer than weak reads are old: then nobody who may not fail is given what is gone. */
export function graceWhenCalmMillis({ knobs }: SimulatedWorld): number {
  return knobs.weakLagMillisMax + 60_000;
}

/** @returns the answer. */
export async function upkeep(
  world: SimulatedWorld,
  process: SimulatedProcess,
  { client, what, verb }: Upkeep & { readonly client: string },
): Promise<string> {
  const { history } = world;
  const request: UpkeepRequest = {
    client,
    process: process.name,
    what,
    invoked: history.next(),
    returned: Number.POSITIVE_INFINITY,
    answer: 'lost',
  };
  history.upkeep.push(request);
  const asked = await ask(world, process, withinItsTime(verb));
  request.returned = history.next();
  if (asked.kind === 'answered') request.answer = 'done';
  if (asked.kind === 'failed') request.answer = asked.error.code;
  return request.answer;
}
