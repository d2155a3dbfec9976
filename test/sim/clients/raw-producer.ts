// A producer that makes its record batches itself, one or several a request, and sends them whole.

import { produceBatches } from '../../../shared/engine/produce.ts';
import { encodeBatch } from '../../../shared/record/encode-batch.ts';
import { joinBytes } from '../../../shared/record/join-bytes.ts';
import type { ProduceRequest, SentRecord } from '../history.ts';
import { type Client, drawPartition, processFor, work } from './client.ts';
import { attempt } from './produce-attempt.ts';
import { drawTimestamp, recordSource } from './records.ts';

export function rawProducer(client: Client): Promise<void> {
  const { world, name } = client;
  const next = recordSource(client);
  return work(client, async () => {
    const place = drawPartition(client);
    const timed = () => ({ ...next(), timestamp: drawTimestamp(world) });
    const runs = Array.from({ length: 1 + world.draw(1) }, () =>
      Array.from({ length: 1 + world.draw(2) }, timed),
    );
    const batches = [{ ...place, records: runs.flat() }];
    const request: ProduceRequest = { client: name, batches, isAtomic: false, attempts: [] };
    world.history.produces.push(request);
    await attempt(world, processFor(client), request, async (engine, call) => {
      const bytes = joinBytes(runs.map(batchOf));
      const { baseOffset } = await produceBatches(engine, call, { ...place, bytes });
      return [{ kind: 'stored', baseOffset }];
    });
  });
}

function batchOf(records: readonly (SentRecord & { readonly timestamp: number })[]): Uint8Array {
  return encodeBatch({ records, compression: 'none', timestampType: 'CreateTime' });
}
