// A shard of a stream whose records are brought to a topic: batch after batch, each again from the
// first that is not known to be stored. A try that nobody waits for any more may be under way yet.

import { padSequence } from '../../../shared/ingest/kinesis.ts';
import type { SentRecord } from '../history.ts';
import { type Client, drawPartition, work } from './client.ts';
import { bring, type ToBring } from './ingest-attempt.ts';
import { recordSource } from './records.ts';

const roundsWhenCalmMax = 40;

export function shardSource(client: Client): Promise<void> {
  const { world, name } = client;
  const record = recordSource(client);
  const { topic } = drawPartition(client);
  let waiting: readonly ToBring[] = [];
  let sequence = 90 + world.draw(10);
  return work(client, async () => {
    const fresh = Array.from({ length: world.draw(3) }, () =>
      ofShard(record(), `shard ${name}`, sequence++),
    );
    waiting = [...waiting, ...fresh];
    for (let round = 0; round < (world.isCalm ? roundsWhenCalmMax : 1); round++) {
      if (waiting.length === 0) return;
      const some = waiting.slice(0, world.pick([1, 1, 2, 5]));
      const left = await bring(client, topic, some);
      const done = left[0] === undefined ? some.length : some.indexOf(left[0]);
      waiting = waiting.slice(done);
      if (world.isCalm) await world.time.sleep(1_000);
    }
  });
}

function ofShard(sent: SentRecord, shard: string, sequence: number): ToBring {
  const { id, value, headers } = sent;
  const source = {
    identifier: String(sequence),
    lane: shard,
    // A tombstone has its id there.
    key: sent.key ?? Buffer.from(shard),
    value,
    headers,
    timestamp: undefined,
    mark: { kind: 'shard', shard, sequence: padSequence(String(sequence)) as string },
  } as const;
  return { sent, source, brought: { id, shard } };
}
