// A client that asks for the first offset at or after a time.

import { offsetForTime } from '../../../shared/engine/offsets.ts';
import type { SimulatedWorld } from '../world.ts';
import { type Client, drawPartition, processFor, work } from './client.ts';
import { read } from './read-attempt.ts';

/** Also times that no record has. */
function drawTime(world: SimulatedWorld): number {
  if (world.knobs.upkeep === undefined || world.draw(1) === 0) return 1_000 + world.draw(55);
  return world.time.now() - world.draw(20_000);
}

export function timeReader(client: Client): Promise<void> {
  const { world, name } = client;
  return work(client, async () => {
    const wanted = { ...drawPartition(client), timestamp: drawTime(world) };
    await read(world, processFor(client), { client: name, ...wanted }, async (engine, call) => {
      const offset = await offsetForTime(engine, call, wanted);
      return { kind: 'offset', offset };
    });
  });
}
