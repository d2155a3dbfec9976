// A client that deletes the records of partitions up to some offset, or up to their end.

import { deleteRecords, logEnd } from '../../../shared/engine/delete-records.ts';
import { ask } from '../ask.ts';
import type { DeletionRequest } from '../history.ts';
import { type Client, drawPartition, processFor, work } from './client.ts';

export function recordDeleter(client: Client): Promise<void> {
  const { world, name } = client;
  const ends = new Map<string, number>();
  return work(client, async () => {
    const { topic, partition } = drawPartition(client);
    const end = ends.get(`${topic}-${partition}`) ?? 3;
    const before =
      world.draw(9) === 0 ? logEnd : world.draw(Math.min(end + 1, 2 + world.draw(end)));
    const process = processFor(client);
    const { history } = world;
    const request: DeletionRequest = {
      client: name,
      process: process.name,
      topic,
      partition,
      before,
      invoked: history.next(),
      returned: Number.POSITIVE_INFINITY,
      answer: 'lost',
    };
    history.deletions.push(request);
    const asked = await ask(world, process, (engine, call) => {
      return deleteRecords(engine, call, { topic, partition, before });
    });
    request.returned = history.next();
    if (asked.kind === 'failed') request.answer = asked.error.code;
    if (asked.kind !== 'answered') return;
    const { logStart, highWatermark } = asked.answer;
    request.answer = { logStart, highWatermark };
    ends.set(`${topic}-${partition}`, highWatermark);
  });
}
