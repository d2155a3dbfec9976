// A member of a group, as the engine knows it: it joins, fetches, commits and leaves. Its name is
// drawn by the engine and never comes back: who joins again is another member.

import { splitHead, splitParts } from '../../shared/record/parts.ts';
import { type Ask, type Connection, jsonIn } from '../connection.ts';
import { SluiceError } from '../errors.ts';
import { instancePath, isNewInstance, newInstance } from '../instances.ts';
import { partsType, v2Type } from '../media-types.ts';
import type { TopicPartition } from '../topic-partition.ts';
import type { PlannedFetch } from './fetch-plan.ts';
import type { ConsumerSettings } from './options.ts';
import type { Subscription } from './topic-pattern.ts';

export type MemberReply = {
  readonly generation: number;
  readonly held: readonly ToldPartition[];
  readonly partitions: readonly FetchedPart[];
};

export type ToldPartition = TopicPartition & {
  /** In which it was taken. */
  readonly generation: number;
  /** Another's, once it is not named any more. */
  readonly revoked?: boolean;
};

export type FetchedPart = TopicPartition & {
  /** Where reading began. */
  readonly offset: number;
  readonly nextOffset: number;
  readonly highWatermark: number;
  /** Of what the member did not name: the next to read of what the group has committed; undefined:
   * nothing is. */
  readonly committed: number | undefined;
  /** Record batches. The first may begin before the offset. */
  readonly bytes: Uint8Array;
};

export type CommittedOffset = TopicPartition & {
  /** Of the next message to read. */
  readonly offset: number;
  readonly metadata?: string | null | undefined;
};

type ReplyHead = Pick<MemberReply, 'generation' | 'held'> & {
  readonly partitions: readonly (TopicPartition & {
    readonly offset: number;
    readonly next_offset: number;
    readonly high_watermark: number;
    readonly committed_offset?: number | null;
    readonly bytes: number;
  })[];
};

export class Member {
  readonly id: string;
  readonly #connection: Connection;
  readonly #path: string;

  private constructor(connection: Connection, settings: ConsumerSettings, id: string) {
    this.id = id;
    this.#connection = connection;
    this.#path = instancePath(settings.groupId, id);
  }

  /** It has no subscription yet: for one that is made of a request whose answer was not heard,
   * nobody waits.
   * @throws SluiceError; what the signal was aborted with */
  static async join(
    connection: Connection,
    settings: ConsumerSettings,
    { fromBeginning, signal }: { readonly fromBeginning: boolean; readonly signal: AbortSignal },
  ): Promise<Member> {
    const asked = newInstance(settings.groupId, settings.sessionMillis, {
      'auto.offset.reset': fromBeginning ? 'earliest' : 'latest',
      'fetch.min.bytes': settings.bytesMin,
    });
    const { instance_id: id } = await connection.askJson({ ...asked, signal }, isNewInstance);
    return new Member(connection, settings, id);
  }

  /** @throws as join */
  async subscribe(subscription: Subscription, signal: AbortSignal): Promise<void> {
    await this.#connection.askJson({
      method: 'POST',
      path: `${this.#path}/subscription`,
      type: v2Type,
      accept: v2Type,
      json: subscription,
      signal,
    });
  }

  /** Tried again until the session must be over.
   * @throws SluiceError; what the signal was aborted with */
  async fetch(
    { named, waitMillis, bytesMax }: PlannedFetch,
    { signal, deadline }: { readonly signal: AbortSignal; readonly deadline: number },
  ): Promise<MemberReply> {
    const ask: Ask = {
      method: 'POST',
      path: `${this.#path}/fetch`,
      type: v2Type,
      accept: partsType,
      body: JSON.stringify({
        partitions: named.map(({ held: { topic, partition, takenIn: generation }, offset }) => {
          return { topic, partition, generation, offset };
        }),
        timeout: waitMillis,
        max_bytes: bytesMax,
      }),
      waitMillis,
      signal,
      deadline,
    };
    return this.#connection.askFor(ask, ({ bytes }) => readReply(bytes));
  }

  /** Safe to send again: what is committed never goes back.
   * @throws SluiceError; what the signal was aborted with */
  async commit(
    offsets: readonly CommittedOffset[],
    { signal, deadline }: { readonly signal: AbortSignal; readonly deadline?: number | undefined },
  ): Promise<void> {
    await this.#connection.askJson({
      method: 'POST',
      path: `${this.#path}/offsets`,
      type: v2Type,
      accept: v2Type,
      // Of the last one that is done.
      json: { offsets: offsets.map(({ offset, ...rest }) => ({ ...rest, offset: offset - 1 })) },
      signal,
      ...(deadline === undefined ? {} : { deadline }),
    });
  }

  /** @param deadline until then it is tried: without it the group waits for the session to be over.
   * @throws SluiceError */
  async leave(deadline: number): Promise<void> {
    const ask = { method: 'DELETE', path: this.#path, accept: v2Type, deadline } as const;
    await this.#connection.ask(ask);
  }
}

/** @throws SluiceError of what is no such reply. */
export function readReply(bytes: Uint8Array): MemberReply {
  const split = splitHead(bytes, bytes.length);
  const head = split === undefined ? undefined : jsonIn(split.head, isHead);
  const lengths = head?.partitions.map((one) => one.bytes) ?? [];
  const parts = split === undefined ? undefined : splitParts(split.rest, lengths);
  if (head === undefined || parts === undefined) {
    const detail = { code: 0, outcome: 'unknown', retriable: true } as const;
    throw new SluiceError('what came as the answer to a fetch is none', detail);
  }
  const { generation, held } = head;
  const partitions = head.partitions.map((one, at) => ({
    topic: one.topic,
    partition: one.partition,
    offset: one.offset,
    nextOffset: one.next_offset,
    highWatermark: one.high_watermark,
    committed: one.committed_offset ?? undefined,
    bytes: parts[at] as Uint8Array,
  }));
  return { generation, held, partitions };
}

function isHead({ generation, held, partitions }: ReplyHead): boolean {
  return (
    Number.isInteger(generation) &&
    areOfPlaces(held, ['generation']) &&
    areOfPlaces(partitions, ['offset', 'next_offset', 'high_watermark', 'bytes'])
  );
}

/** @param numbers that each has beside its place. */
function areOfPlaces(list: unknown, numbers: readonly string[]): boolean {
  if (!Array.isArray(list)) return false;
  return list.every((one: Readonly<Record<string, unknown>> | null) => {
    if (typeof one?.['topic'] !== 'string') return false;
    return ['partition', ...numbers].every((name) => Number.isInteger(one[name]));
  });
}
