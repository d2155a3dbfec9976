// A client that asks where partitions begin and end.

import { partitionOffsets } from '../../../shared/engine/offsets.ts';
import { type Client, drawPartition, processFor, work } from './client.ts';
import { read } from './read-attempt.ts';

export function bounds(client: Client): Promise<void> {
  const { world, name } = client;
  return work(client, async () => {
    const place = drawPartition(client);
    await read(world, processFor(client), { client: name, ...place }, async (engine, call) => {
      const found = await partitionOffsets(engine, call, place);
      return { kind: 'bounds', ...found };
    });
  });
}
