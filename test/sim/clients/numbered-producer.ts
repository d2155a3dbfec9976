// An idempotent producer: it numbers its batches, has several under way at once, and sends each
// until it is answered, as records or as batches of its own making.

import { produceBatches, produceRecords } from '../../../shared/engine/produce.ts';
import { encodeBatch } from '../../../shared/record/encode-batch.ts';
import type { Verb } from '../ask.ts';
import type { BatchOutcome, ProduceRequest, SentBatch } from '../history.ts';
import { type Client, drawPartition, work } from './client.ts';
import { outcomesOf } from './entry-outcomes.ts';
import { drawNumbers, Numbering, type Numbers, sequenceOf } from './numbers.ts';
import { persist } from './persistent.ts';
import { recordSource } from './records.ts';

export function numberedProducer(client: Client): Promise<void> {
  const { world } = client;
  const record = recordSource(client);
  // A quota would let the second through and not the first.
  const inFlight = world.knobs.triggers?.quota === undefined ? world.pick([1, 1, 2, 4]) : 1;
  const isRaw = world.draw(2) === 0;
  let numbering = new Numbering(drawNumbers(world));
  return work(client, async () => {
    const place = drawPartition(client);
    const together = Array.from({ length: 1 + world.draw(inFlight - 1) }, () => {
      const records = Array.from({ length: 1 + world.draw(2) }, () =>
        isRaw ? { ...record(), timestamp: 1_000 + world.draw(50) } : record(),
      );
      return numbering.batch(place, records);
    });
    const { numbers } = numbering;
    const sent = together.map((batch) =>
      sendNumbered(client, batch, isRaw ? rawVerb(batch, numbers) : recordsVerb(batch, numbers)),
    );
    const stored = await Promise.all(sent);
    if (!stored.every((one) => one)) numbering = new Numbering(drawNumbers(world));
  });
}

export function sendNumbered(
  client: Client,
  batch: SentBatch,
  verb: Verb<readonly BatchOutcome[]>,
): Promise<boolean> {
  const { name } = client;
  const request: ProduceRequest = { client: name, batches: [batch], isAtomic: false, attempts: [] };
  return persist(client, request, verb);
}

export function recordsVerb(batch: SentBatch, numbers: Numbers): Verb<readonly BatchOutcome[]> {
  const { topic, partition, records } = batch;
  const producer = { ...numbers, sequences: new Map([[partition, sequenceOf(batch)]]) };
  return async (engine, call) => {
    const sent = records.map((record) => ({ ...record, partition }));
    const request = { topic, records: sent, identity: { producer } };
    return outcomesOf([batch], await produceRecords(engine, call, request));
  };
}

function rawVerb(batch: SentBatch, { id, epoch }: Numbers): Verb<readonly BatchOutcome[]> {
  const { topic, partition, records } = batch;
  return async (engine, call) => {
    const timed = records.map((record) => ({ ...record, timestamp: record.timestamp ?? 0 }));
    const producer = { id, epoch, baseSequence: sequenceOf(batch) };
    const bytes = encodeBatch({ records: timed, compression: 'none', producer });
    const { baseOffset } = await produceBatches(engine, call, { topic, partition, bytes });
    return [baseOffset < 0 ? { kind: 'duplicate' } : { kind: 'stored', baseOffset }];
  };
}
