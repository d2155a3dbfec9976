// One read of a partition, written down: a fetch, its bounds, or the offset of a time.

import { type FetchedRecords, fetchBatches, fetchRecords } from '../../../shared/engine/fetch.ts';
import { EngineError } from '../../../shared/errors.ts';
import { decompressedBytesMax } from '../../../shared/limits.ts';
import { splitBatches } from '../../../shared/record/batches.ts';
import { decodeBatch } from '../../../shared/record/decode-batch.ts';
import { ask, type Verb } from '../ask.ts';
import type { Answer, ReadRequest } from '../history.ts';
import type { SimulatedProcess } from '../process.ts';
import type { SimulatedWorld } from '../world.ts';
import { readRecord } from './records.ts';

type Wanted = Pick<ReadRequest, 'client' | 'topic' | 'partition' | 'offset' | 'timestamp'>;

export async function read(
  world: SimulatedWorld,
  process: SimulatedProcess,
  wanted: Wanted,
  verb: Verb<Answer>,
): Promise<Answer> {
  const { history } = world;
  const request: ReadRequest = {
    ...wanted,
    process: process.name,
    invoked: history.next(),
    returned: Number.POSITIVE_INFINITY,
    answer: { kind: 'lost' },
  };
  history.reads.push(request);
  const asked = await ask(world, process, verb);
  request.returned = history.next();
  if (asked.kind === 'answered') request.answer = asked.answer;
  if (asked.kind === 'failed') request.answer = answerOf(asked.error);
  return request.answer;
}

function answerOf({ code, detail }: EngineError): Answer {
  const { logStart, highWatermark } = detail;
  if (logStart === undefined || highWatermark === undefined) return { kind: 'error', code };
  return { kind: 'error', code, bounds: { logStart, highWatermark } };
}

export type FetchOptions = {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly maxBytes: number;
  readonly waitMillis: number;
};

/** As records, or as whole batches: two ways to the same. */
export function fetchVerb(request: FetchOptions, whole: boolean): Verb<Answer> {
  return async (engine, call) => {
    const { records, ...fetched } = whole
      ? await recordsOfBatches(request.offset, fetchBatches(engine, call, request))
      : await fetchRecords(engine, call, request);
    return { kind: 'records', ...fetched, records: records.map(readRecord) };
  };
}

async function recordsOfBatches(
  from: number,
  fetching: ReturnType<typeof fetchBatches>,
): Promise<FetchedRecords> {
  const { bytes, ...fetched } = await fetching;
  const split = splitBatches(bytes);
  if (split.kind === 'malformed') throw new Error(`fetched batches are ${split.reason}`);
  const records = split.headers.flatMap((header) => {
    const decoded = decodeBatch(bytes, header, decompressedBytesMax);
    if (decoded.kind === 'malformed') throw new EngineError('DAMAGED', decoded.reason);
    return decoded.records.filter(({ offset }) => offset >= from);
  });
  return { ...fetched, records };
}
