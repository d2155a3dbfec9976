// A batch on its way: records of one partition, of one call of send or of many, which are stored
// together or not at all. It is open, and gathers; then it is sealed, and is what is sent.

import { assert } from '../../shared/assert.ts';
import { decompressedBytesMax } from '../../shared/limits.ts';
import { readBatchHeader } from '../../shared/record/batch-header.ts';
import type { Compression } from '../../shared/record/codec.ts';
import { decodeBatch } from '../../shared/record/decode-batch.ts';
import {
  compressRecords,
  noProducer,
  type Produced,
  type ProducerStamp,
  writeProducedHeader,
} from '../../shared/record/encode-batch.ts';
import {
  contentBytes,
  GrowingBatch,
  type Memory,
  type RecordToAdd,
} from '../../shared/record/growing-batch.ts';
import type { SluiceError } from '../errors.ts';
import type { TopicPartition } from '../topic-partition.ts';
import type { Send } from './send.ts';

/** What it is once it is sealed. `bytes`: with room for the header. */
type Sealed = Produced & { readonly bytes: Uint8Array; readonly plainBytes: number };

/** Whose a batch's next records are. */
type Part = { readonly send: Send; count: number };

/** Of all that was one batch before it was divided: how many of its records were refused one after
 * the other, and with which code. */
export type Origin = { refusals: number; code: number };

export class Batch {
  readonly place: TopicPartition;
  /** What is asked for: what would not get smaller is not compressed. */
  readonly compression: Compression;
  /** When its first record was gathered, in milliseconds since 1970. */
  readonly createdAt: number;
  /** When that was given: before it, if it waited. */
  readonly calledAt: number;
  readonly #memory: Memory;
  /** What it keeps from the beginning on. */
  readonly bytesExpected: number;
  /** undefined: it is sealed. */
  #records: GrowingBatch | undefined;
  readonly #parts: Part[] = [];
  /** Whether a try of it may have stored it. */
  isUnsure = false;
  /** undefined: it is whole. */
  readonly origin: Origin | undefined;
  #sealed: Sealed | undefined;
  /** That is written in its header. */
  #stamp: ProducerStamp | undefined;

  constructor(
    place: TopicPartition,
    of: {
      readonly compression: Compression;
      readonly createdAt: number;
      readonly calledAt: number;
      readonly bytesExpected: number;
      readonly memory: Memory;
      readonly origin?: Origin;
    },
  ) {
    this.place = place;
    this.compression = of.compression;
    this.createdAt = of.createdAt;
    this.calledAt = of.calledAt;
    this.origin = of.origin;
    this.#memory = of.memory;
    this.bytesExpected = of.bytesExpected;
    this.#records = new GrowingBatch(of.bytesExpected, of.memory);
  }

  get isSealed(): boolean {
    return this.#sealed !== undefined;
  }

  /** Records. */
  get count(): number {
    return this.#sealed?.count ?? this.#records?.count ?? 0;
  }

  /** Before compression. */
  get plainBytes(): number {
    return this.#sealed?.plainBytes ?? this.#records?.length ?? 0;
  }

  /** What it keeps; once it is sealed, what is sent. */
  get heldBytes(): number {
    return this.#sealed?.bytes.length ?? this.#records?.length ?? 0;
  }

  add(record: RecordToAdd, send: Send): void {
    this.#records?.add(record);
    const last = this.#parts.at(-1);
    if (last?.send === send) {
      last.count++;
      return;
    }
    send.addPart();
    this.#parts.push({ send, count: 1 });
  }

  seal(): void {
    const records = this.#records;
    assert(records !== undefined, 'it is sealed once');
    const { count, length: plainBytes, baseTimestamp, maxTimestamp } = records;
    const { plain } = records;
    const packed = compressRecords(plain, this.compression);
    // What is left as it is would keep all that was expected.
    const isSparse = packed.bytes === plain && 2 * plainBytes < records.keptBytes;
    const bytes = isSparse ? new Uint8Array(plain) : packed.bytes;
    if (bytes !== plain) records.release();
    this.#sealed = { ...packed, bytes, count, plainBytes, baseTimestamp, maxTimestamp };
    this.#records = undefined;
  }

  /** @returns what is sent: with the same stamp the same bytes. */
  stamped(stamp: ProducerStamp): Uint8Array {
    const sealed = this.#sealed;
    assert(sealed !== undefined, 'what is sent is sealed');
    const { id, epoch, baseSequence } = this.#stamp ?? {};
    if (id !== stamp.id || epoch !== stamp.epoch || baseSequence !== stamp.baseSequence) {
      writeProducedHeader(sealed.bytes, sealed, stamp);
      this.#stamp = stamp;
    }
    return sealed.bytes;
  }

  /** @param baseOffset of its first record; -1: not known. */
  stored(baseOffset: number): void {
    let offset = baseOffset;
    for (const { send, count } of this.#parts) {
      send.storedPart(this.place, offset);
      if (offset >= 0) offset += count;
    }
  }

  failed(error: SluiceError): void {
    for (const { send, count } of this.#parts) {
      send.failedPart({ ...this.place, messages: count, error });
    }
  }

  /** Two batches, open, of the first and of the second half of its records: at least two. */
  halves(): readonly [Batch, Batch] {
    const { compression, createdAt, calledAt } = this;
    const bytesExpected = this.plainBytes >> 1;
    const memory = this.#memory;
    const origin = this.origin ?? { refusals: 0, code: 0 };
    const of = { compression, createdAt, calledAt, bytesExpected, memory, origin };
    const halves = [new Batch(this.place, of), new Batch(this.place, of)] as const;
    const middle = this.count >> 1;
    const sends = this.#parts.flatMap(({ send, count }) => Array<Send>(count).fill(send));
    const bytes = this.stamped(noProducer);
    const read = readBatchHeader(bytes, 0);
    assert(read.kind === 'header', 'its header is ours');
    const decoded = decodeBatch(bytes, read.header, 2 * decompressedBytesMax);
    assert(decoded.kind === 'records', 'its records are ours');
    for (const [index, record] of decoded.records.entries()) {
      const half = halves[index < middle ? 0 : 1];
      const sizes = {
        keyBytes: contentBytes(record.key),
        valueBytes: contentBytes(record.value),
      };
      half.add({ ...record, ...sizes }, sends[index] as Send);
    }
    // Each part was counted for this batch, and is now for one of its halves, or for both.
    for (const { send } of this.#parts) send.release();
    return halves;
  }
}
