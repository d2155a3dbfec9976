// One try of a source at bringing some records, written down.

import { ingest } from '../../../shared/engine/ingest/ingest.ts';
import type { SourceRecord } from '../../../shared/ingest/source-record.ts';
import { ask } from '../ask.ts';
import type { BroughtRecord, IngestRequest, SentRecord } from '../history.ts';
import { type Client, processFor } from './client.ts';

export type ToBring = {
  readonly sent: SentRecord;
  readonly source: SourceRecord;
  readonly brought: BroughtRecord;
};

/** @returns those that are to be brought again. */
export async function bring(
  client: Client,
  topic: string,
  all: readonly ToBring[],
): Promise<readonly ToBring[]> {
  const { world, name } = client;
  const { history } = world;
  const process = processFor(client);
  const request: IngestRequest = {
    client: name,
    process: process.name,
    topic,
    records: all.map(({ brought }) => brought),
    invoked: history.next(),
    returned: Number.POSITIVE_INFINITY,
    answer: 'lost',
  };
  history.ingests.push(request);
  const records = all.map(({ source }) => source);
  const asked = await ask(world, process, (engine, call) => {
    return ingest(engine, call, { topic, records });
  });
  request.returned = history.next();
  if (asked.kind === 'lost') return all;
  if (asked.kind === 'failed') {
    request.answer = asked.error.code;
    return all;
  }
  const failed = new Set(asked.answer.map(({ index }) => index));
  const left = all.filter((_, index) => failed.has(index));
  request.answer = new Set(left.map(({ brought }) => brought.id));
  return left;
}
