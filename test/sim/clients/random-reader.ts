// A reader that jumps about, in old data as in new, and sometimes past the end.

import { type Client, drawPartition, processFor, work } from './client.ts';
import { fetchVerb, read } from './read-attempt.ts';

export function randomReader(client: Client): Promise<void> {
  const { world, name } = client;
  const ends = new Map<string, number>();
  return work(client, async () => {
    const place = drawPartition(client);
    const at = `${place.topic}-${place.partition}`;
    const offset = world.draw((ends.get(at) ?? 3) + 1);
    const maxBytes = world.pick([1, 300, 1_500, 100_000]);
    const wanted = { ...place, offset };
    const verb = fetchVerb({ ...wanted, maxBytes, waitMillis: 0 }, world.draw(2) === 0);
    const answer = await read(world, processFor(client), { client: name, ...wanted }, verb);
    if (answer.kind === 'records') ends.set(at, answer.highWatermark);
  });
}
