// A reader of a compacted partition, as who keeps a table by it is: it reads from the beginning to
// the end, and then anew.

import { type Client, drawPartition, processFor, work } from './client.ts';
import { fetchVerb, read } from './read-attempt.ts';

export function tableReader(client: Client): Promise<void> {
  const { world, name } = client;
  const place = drawPartition(client);
  const maxBytes = world.pick([600, 100_000]);
  let offset = 0;
  return work(client, async () => {
    const wanted = { ...place, offset };
    const verb = fetchVerb({ ...wanted, maxBytes, waitMillis: 0 }, false);
    const answer = await read(world, processFor(client), { client: name, ...wanted }, verb);
    if (answer.kind === 'error' && answer.bounds !== undefined) offset = answer.bounds.logStart;
    if (answer.kind !== 'records') return;
    offset = answer.nextOffset < answer.highWatermark ? answer.nextOffset : answer.logStart;
  });
}
