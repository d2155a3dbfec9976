// A reader that goes along one partition from its beginning, as a consumer does, and waits at its
// end for more.

import { type Client, drawPartition, processFor, work } from './client.ts';
import { fetchVerb, read } from './read-attempt.ts';

export function tailReader(client: Client): Promise<void> {
  const { world, name } = client;
  const place = drawPartition(client);
  const maxBytes = world.pick([1, 400, 2_000, 100_000]);
  const waitMillis = world.pick([0, 300, 5_000]);
  const whole = world.draw(1) === 0;
  let offset = 0;
  return work(client, async () => {
    const wanted = { ...place, offset };
    const verb = fetchVerb({ ...wanted, maxBytes, waitMillis }, whole);
    const answer = await read(world, processFor(client), { client: name, ...wanted }, verb);
    if (answer.kind === 'records') offset = answer.nextOffset;
    // The topic was made again, or retention has overtaken it: from the beginning.
    if (answer.kind === 'error' && answer.bounds !== undefined) offset = answer.bounds.logStart;
  });
}
