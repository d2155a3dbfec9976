// A queue whose messages are brought to a topic: each again until it is known to be stored, in
// whatever company, now and then by two workers at once. What a FIFO queue's message groups have is
// brought in their order.

import type { SentRecord } from '../history.ts';
import { type Client, drawPartition, work } from './client.ts';
import { bring, type ToBring } from './ingest-attempt.ts';
import { recordSource } from './records.ts';

const twiceOdds = 0.2;
const roundsWhenCalmMax = 40;

export function messageSource(client: Client): Promise<void> {
  const { world } = client;
  const record = recordSource(client);
  const { topic } = drawPartition(client);
  const isFifo = world.draw(2) === 0;
  let waiting: readonly ToBring[] = [];
  return work(client, async () => {
    const fresh = Array.from({ length: world.draw(3) }, () => messageOf(record(), isFifo));
    waiting = [...waiting, ...fresh];
    for (let round = 0; round < (world.isCalm ? roundsWhenCalmMax : 1); round++) {
      if (waiting.length === 0) return;
      const some = waiting.slice(0, 1 + world.draw(4));
      // Of a FIFO queue nothing of a group is given while something of it is under way.
      const times = !isFifo && world.chance.fraction() < twiceOdds ? 2 : 1;
      const all = await Promise.all(
        Array.from({ length: times }, () => bring(client, topic, some)),
      );
      const left = new Set(all.reduce((one, other) => one.filter((each) => other.includes(each))));
      waiting = waiting.filter((each) => left.has(each) || !some.includes(each));
      if (world.isCalm) await world.time.sleep(1_000);
    }
  });
}

function messageOf(sent: SentRecord, isFifo: boolean): ToBring {
  const { id, value, headers } = sent;
  const group = isFifo ? { lane: 'group', key: Buffer.from('group') } : undefined;
  const source = {
    identifier: id,
    lane: group?.lane,
    // A tombstone has its id there.
    key: value === null ? sent.key : (group?.key ?? sent.key),
    value,
    headers,
    timestamp: undefined,
    mark: { kind: 'event', id },
  } as const;
  return { sent, source, brought: { id } };
}
