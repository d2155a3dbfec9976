// What a fetch brings of a partition, cut into record batches; and their messages, made when a
// handler is to have them. Nothing is copied that is not compressed: keys and values are views.

import { storedRecordsBytesMax } from '../../shared/limits.ts';
import { crcHolds, type Malformed } from '../../shared/record/batch-header.ts';
import { type BatchWalk, nextOf, startWalk } from '../../shared/record/batch-walk.ts';
import { splitBatches } from '../../shared/record/batches.ts';
import { type Cursor, readVarint } from '../../shared/record/varint.ts';
import { SluiceError } from '../errors.ts';
import type { TopicPartition } from '../topic-partition.ts';
import type { FetchedBatch } from './held-partition.ts';
import type { FetchedPart } from './member.ts';
import type { KafkaMessage, MessageHeaders } from './messages.ts';

/** @throws SluiceError CORRUPT_MESSAGE */
export function batchesOf(part: FetchedPart): readonly FetchedBatch[] {
  const { bytes, offset, nextOffset } = part;
  const split = splitBatches(bytes);
  if (split.kind === 'malformed') throw corrupt(part, offset, split);
  return split.headers.map((header, at) => {
    const next = split.headers[at + 1]?.baseOffset ?? nextOffset;
    return { bytes, header, offset, nextOffset: next };
  });
}

/** Adds the messages of a batch from an offset on.
 * @returns the bytes of its records, as they are now.
 * @throws SluiceError CORRUPT_MESSAGE */
export function addMessages(
  to: KafkaMessage[],
  place: TopicPartition,
  { bytes, header, offset }: FetchedBatch,
  { from, checkCrcs }: { readonly from: number; readonly checkCrcs: boolean },
): number {
  // Written by Kafka's own brokers alone, for themselves.
  if (header.control) return 0;
  const found = (reason: string) => corrupt(place, header.baseOffset, { reason });
  if (checkCrcs && !crcHolds(bytes, header)) throw found('the CRC does not hold');
  const started = startWalk(bytes, header, storedRecordsBytesMax);
  if (started.kind === 'malformed') throw found(started.reason);
  const { walk } = started;
  const begin = Math.max(offset, from);
  const texts = new Texts(walk);
  while (nextOf(walk)) if (walk.offset >= begin) to.push(texts.message());
  if (walk.fault !== undefined) throw found(walk.fault);
  return walk.view.bytes.length;
}

/** Tries of the same fetch may bring it whole. */
function corrupt(
  { topic, partition }: TopicPartition,
  offset: number,
  { reason }: Pick<Malformed, 'reason'>,
): SluiceError {
  const message = `the batch at offset ${offset} of ${topic}-${partition} is corrupt: ${reason}`;
  return new SluiceError(message, { code: 42208, outcome: 'refused', retriable: true });
}

/** Makes messages where a walk stands. */
class Texts {
  readonly #walk: BatchWalk;
  readonly #buffer: Buffer;
  /** Many messages of a batch are of one millisecond. */
  #timestamp = Number.NaN;
  #timestampText = '';

  constructor(walk: BatchWalk) {
    const { bytes } = walk.view;
    this.#walk = walk;
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  message(): KafkaMessage {
    const { view, offset, timestamp } = this.#walk;
    const { keyPosition, keyLength, valuePosition, valueLength, headerCount } = view;
    if (timestamp !== this.#timestamp) {
      this.#timestamp = timestamp;
      this.#timestampText = `${timestamp}`;
    }
    return {
      key: this.#part(keyPosition, keyLength),
      value: this.#part(valuePosition, valueLength),
      timestamp: this.#timestampText,
      offset: `${offset}`,
      attributes: 0,
      headers: headerCount === 0 ? {} : this.#headers(),
    };
  }

  #part(position: number, length: number): Buffer | null {
    return length < 0 ? null : this.#buffer.subarray(position, position + length);
  }

  /** The walk has been over them: they are there. */
  #headers(): MessageHeaders {
    const { bytes, headersPosition, headerCount } = this.#walk.view;
    const cursor: Cursor = { bytes, position: headersPosition };
    const next = () => {
      const length = readVarint(cursor);
      const begin = cursor.position;
      cursor.position += Math.max(0, length);
      return this.#part(begin, length) ?? undefined;
    };
    const headers = new Map<string, Buffer | Buffer[] | undefined>();
    for (let index = 0; index < headerCount; index++) {
      const name = next()?.toString() ?? '';
      const value = next();
      const before = headers.get(name);
      if (!headers.has(name)) headers.set(name, value);
      else if (Array.isArray(before)) before.push(value ?? empty);
      else headers.set(name, [before ?? empty, value ?? empty]);
    }
    // Whatever they are named.
    return Object.fromEntries(headers);
  }
}

const empty = Buffer.alloc(0);
