// A transaction: it gathers in the client, and is one request when it is committed. So nothing of
// it is in the log before, nobody waits for it, and there is nothing to undo.
//
// Its Idempotency-Key is drawn once: however often it is sent, it happens once.

import { encodeBase64 } from '../../shared/base64.ts';
import {
  groupNameLengthMax,
  produceBodyBytesMax,
  recordsPerRequestMax,
} from '../../shared/limits.ts';
import { blankRecord, type Content } from '../../shared/record/growing-batch.ts';
import { type Connection, jsonIn } from '../connection.ts';
import { invalid, refused, SluiceError } from '../errors.ts';
import type { GroupMembers } from '../group-members.ts';
import type { Host } from '../host.ts';
import { binaryType, v2Type } from '../media-types.ts';
import { segment } from '../path.ts';
import { offsetOf, type TopicPartition } from '../topic-partition.ts';
import { measure, readMeasured } from './measure.ts';
import type { ProducerBatch, ProducerRecord, RecordMetadata, TopicMessages } from './messages.ts';
import type { PartitionerArgs } from './partitioners.ts';
import type { StatsCount } from './stats.ts';
import type { TopicMetadata } from './topic-metadata.ts';

/** What was read and done: of each partition the offset of the next message. */
export type TakenOffsets = {
  /** Of a consumer of the same client, which holds the partitions. */
  readonly consumerGroupId: string;
  readonly topics: readonly {
    readonly topic: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly offset: string;
      readonly metadata?: string | null | undefined;
    }[];
  }[];
};

type GroupOffset = {
  readonly topic: string;
  readonly partition: number;
  /** Of the last that is done. */
  readonly offset: number;
  readonly metadata?: string;
};

type Group = {
  readonly group: string;
  readonly member: string;
  readonly generation: number;
  readonly offsets: Map<string, GroupOffset>;
};

export type TransactionParts = {
  readonly connection: Connection;
  readonly host: Host;
  readonly members: GroupMembers;
  readonly metadata: TopicMetadata;
  readonly stats: StatsCount;
  readonly partitioner: ((args: PartitionerArgs) => number) | undefined;
  readonly deliveryMillis: number;
  /** A commit has begun: who flushes waits for it. */
  readonly committing: (work: Promise<unknown>) => void;
};

type StoredReply = { readonly offsets: readonly (TopicPartition & { readonly offset: number })[] };

const keyBytes = 16;

export class Transaction {
  readonly #parts: TransactionParts;
  readonly #key: string;
  /** As JSON. */
  readonly #records: string[] = [];
  #bytes = 0;
  #group: Group | undefined;
  /** gathering; sealed: it was sent, and is what it is; ended. */
  #state: 'gathering' | 'sealed' | 'ended' = 'gathering';
  #committing: Promise<RecordMetadata[]> | undefined;
  /** A commit of it may have stored it. */
  #isUnsure = false;

  constructor(parts: TransactionParts) {
    this.#parts = parts;
    this.#key = Buffer.from(parts.host.chance.bytes(keyBytes)).toString('base64url');
  }

  isActive(): boolean {
    return this.#state !== 'ended';
  }

  /** Of what `send` of a producer takes, `acks`, `timeout` and `compression` are passed over; the
   * signal is not taken, since nothing is waited for.
   * @returns nothing yet: where messages are stored, `commit` says.
   * @throws SluiceError of a message that may not be sent, or of one too many. */
  async send({ topic, messages }: Omit<ProducerRecord, 'signal'>): Promise<RecordMetadata[]> {
    return this.sendBatch({ topicMessages: [{ topic, messages }] });
  }

  async sendBatch({
    topicMessages = [],
  }: Omit<ProducerBatch, 'signal'>): Promise<RecordMetadata[]> {
    this.#mustGather();
    const asked = topicMessages.map(async (share) => ({
      share,
      partitions: await this.#partitions(share),
    }));
    const known = await Promise.all(asked);
    this.#mustGather();
    const records = known.flatMap(({ share, partitions }) => this.#recordsOf(share, partitions));
    const bytes = records.reduce((sum, { length }) => sum + length + 1, this.#bytes);
    if (bytes > produceBodyBytesMax) {
      throw invalid('messages', `a transaction holds at most ${produceBodyBytesMax} bytes of JSON`);
    }
    if (this.#records.length + records.length > recordsPerRequestMax) {
      throw invalid('messages', `a transaction holds at most ${recordsPerRequestMax}`);
    }
    for (const record of records) this.#records.push(record);
    this.#bytes = bytes;
    return [];
  }

  /** Offsets to be committed with the messages, if this client's consumer still holds the
   * partitions then.
   * @throws SluiceError ILLEGAL_GENERATION: it does not hold them now. */
  async sendOffsets({ consumerGroupId, topics }: TakenOffsets): Promise<void> {
    this.#mustGather();
    if (consumerGroupId === '' || consumerGroupId.length > groupNameLengthMax) {
      throw invalid('consumerGroupId', `must have 1 to ${groupNameLengthMax} characters`);
    }
    for (const { topic, partitions } of topics) {
      for (const { partition, offset: text, metadata } of partitions) {
        const offset = offsetOf(text, 0);
        const { offsets } = this.#groupFor(consumerGroupId, topic, partition);
        // Before the first message nothing is done.
        if (offset === 0) continue;
        const more = metadata === undefined || metadata === null ? {} : { metadata };
        offsets.set(`${partition}/${topic}`, { topic, partition, offset: offset - 1, ...more });
      }
    }
  }

  /** All of it, or nothing. When it fails with an unknown outcome it may be called again, and is
   * done once all the same.
   * @returns where the messages are. @throws SluiceError */
  async commit(): Promise<RecordMetadata[]> {
    if (this.#state === 'ended') throw ended();
    this.#state = 'sealed';
    if (this.#committing === undefined) {
      this.#committing = this.#commit().finally(() => {
        this.#committing = undefined;
      });
      this.#parts.committing(this.#committing);
    }
    return this.#committing;
  }

  /** Forgets all of it. What was sent by a commit whose outcome is unknown may be stored all the
   * same. */
  async abort(): Promise<void> {
    this.#state = 'ended';
    this.#records.length = 0;
  }

  async #commit(): Promise<RecordMetadata[]> {
    const { host, deliveryMillis } = this.#parts;
    const deadline = host.clock.now() + deliveryMillis;
    let stored: RecordMetadata[] = [];
    if (this.#records.length > 0) {
      stored = await this.#store(deadline);
    } else if (this.#group !== undefined && this.#group.offsets.size > 0) {
      await this.#commitOffsets(this.#group, deadline);
    }
    this.#state = 'ended';
    return stored;
  }

  async #store(deadline: number): Promise<RecordMetadata[]> {
    const { connection, stats } = this.#parts;
    const body = `{"records":[${this.#records.join(',')}]${this.#offsetsMember()}}`;
    const ask = {
      method: 'POST',
      path: '/transactions',
      type: binaryType,
      headers: { 'Idempotency-Key': this.#key },
      body,
      deadline,
    } as const;
    try {
      const { timing, stored } = await connection.askFor(ask, ({ headers, bytes }) => {
        const reply = jsonIn<StoredReply>(bytes, ({ offsets }) => Array.isArray(offsets));
        return { timing: headers.get('server-timing'), stored: placesIn(reply) };
      });
      stats.add({ requests: 1, messages: this.#records.length, bytes: body.length });
      stats.addOperations(timing);
      return stored;
    } catch (error) {
      stats.add({ requests: 1, failedRequests: 1 });
      throw this.#withAllThatIsKnown(error);
    }
  }

  /** What one commit may have stored, no refusal of a later one takes away. */
  #withAllThatIsKnown(error: unknown): unknown {
    if (!(error instanceof SluiceError)) return error;
    this.#isUnsure ||= error.outcome === 'unknown';
    return this.#isUnsure ? error.as({ outcome: 'unknown' }) : error;
  }

  #offsetsMember(): string {
    if (this.#group === undefined || this.#group.offsets.size === 0) return '';
    const { group, member, generation, offsets } = this.#group;
    const all = { group, member, generation, offsets: [...offsets.values()] };
    return `,"offsets":${JSON.stringify(all)}`;
  }

  /** What was read gave no messages: that is a commit like any other, and never goes back. */
  async #commitOffsets({ group, member, offsets }: Group, deadline: number): Promise<void> {
    const instances = `/consumers/${segment('consumerGroupId', group)}/instances`;
    await this.#parts.connection.askJson({
      method: 'POST',
      path: `${instances}/${segment('member', member)}/offsets`,
      type: v2Type,
      json: { offsets: [...offsets.values()] },
      deadline,
    });
  }

  /** @throws SluiceError of a transaction that is over, or was sent. */
  #mustGather(): void {
    if (this.#state !== 'gathering') throw ended();
  }

  async #partitions({ topic }: TopicMessages): Promise<number> {
    const { metadata, host, deliveryMillis } = this.#parts;
    return metadata.partitions(topic) ?? metadata.ask(topic, host.clock.now() + deliveryMillis);
  }

  /** The partition of a key, and that of messages without one, the engine chooses: it does so by
   * the topic as it is when all is stored. */
  #recordsOf({ topic, messages }: TopicMessages, partitions: number): readonly string[] {
    const { partitioner, host } = this.#parts;
    const record = blankRecord();
    const measured = measure(messages, { name: topic, partitions, partitioner }, record);
    const now = host.clock.now();
    return messages.map((message, index) => {
      const partition = readMeasured(measured, index, record, now);
      const isNamed = partitioner !== undefined || message.partition !== undefined;
      return JSON.stringify({
        topic,
        ...(isNamed && partition >= 0 ? { partition } : {}),
        key: base64Of(record.key),
        value: base64Of(record.value),
        headers: record.headers.map(({ key, value }) => ({ key, value: base64Of(value) })),
        timestamp: record.timestamp,
      });
    });
  }

  /** @throws SluiceError ILLEGAL_GENERATION */
  #groupFor(group: string, topic: string, partition: number): Group {
    const holder = this.#parts.members.memberHolding(group, topic, partition);
    if (holder === undefined) {
      throw notHeld(`no consumer of this client holds ${topic}-${partition} for ${group}`);
    }
    this.#group ??= { group, ...holder, offsets: new Map() };
    const { member, generation } = this.#group;
    if (this.#group.group !== group || member !== holder.member) {
      throw notHeld('the offsets of a transaction are those of one consumer');
    }
    this.#group = { ...this.#group, generation: Math.min(generation, holder.generation) };
    return this.#group;
  }
}

function base64Of(content: Content): string | null {
  if (content === null) return null;
  return encodeBase64(typeof content === 'string' ? Buffer.from(content) : content);
}

/** One a partition: the first message's. */
function placesIn({ offsets }: StoredReply): RecordMetadata[] {
  const places = new Map<string, RecordMetadata>();
  for (const { topic: topicName, partition, offset } of offsets) {
    const place = `${partition}/${topicName}`;
    if (places.has(place)) continue;
    places.set(place, { topicName, partition, errorCode: 0, baseOffset: String(offset) });
  }
  return [...places.values()];
}

function ended(): SluiceError {
  return refused(0, 'the transaction is committed or aborted');
}

function notHeld(message: string): SluiceError {
  return refused(40906, message);
}
