// A client's life with one consumer instance: what it asks of it, and what it was told, written
// down. A careful client: after a poll of which it never heard, it goes back to what is committed,
// or lets the instance be, since it cannot know what it was given.

import { commitOffsets, committedOffsets } from '../../../shared/engine/group/commit-offsets.ts';
import { createInstance, deleteInstance } from '../../../shared/engine/group/instances.ts';
import { memberFetch, type NamedPartition } from '../../../shared/engine/group/member-fetch.ts';
import { poll } from '../../../shared/engine/group/poll.ts';
import { seek } from '../../../shared/engine/group/seek.ts';
import { assignmentOf, subscribe, unsubscribe } from '../../../shared/engine/group/subscribe.ts';
import { recordsIn } from '../../../shared/engine/ranges.ts';
import type { MemberSettings } from '../../../shared/group/member.ts';
import { ask, type Verb } from '../ask.ts';
import type { GivenRecord, GroupAnswer, GroupOffset, GroupRequest } from '../history.ts';
import { type Client, processFor } from './client.ts';
import { readRecord } from './records.ts';

export type InstanceSettings = Pick<
  MemberSettings,
  'reset' | 'autoCommit' | 'sessionMillis' | 'bytesMin'
>;

export class Instance {
  readonly name: { readonly group: string; readonly instance: string };
  readonly #client: Client;
  readonly #life: string;
  #commitsOfItself = false;

  /** @param life tells it from all others of the run. */
  constructor(client: Client, group: string, instance: string, life: string) {
    this.#client = client;
    this.name = { group, instance };
    this.#life = life;
  }

  create(settings: InstanceSettings): Promise<GroupAnswer> {
    const whole = { ...settings, format: 'binary', waitMillis: 0 };
    this.#commitsOfItself = settings.autoCommit;
    return this.#ask('create', async (engine, call) => {
      await createInstance(engine, call, { ...this.name, settings: whole });
      return { kind: 'done' };
    });
  }

  subscribe(topics: readonly string[]): Promise<GroupAnswer> {
    return this.#ask('subscribe', async (engine, call) => {
      await subscribe(engine, call, this.name, { kind: 'topics', topics });
      return { kind: 'done' };
    });
  }

  unsubscribe(): Promise<GroupAnswer> {
    return this.#ask('unsubscribe', async (engine, call) => {
      await unsubscribe(engine, call, this.name);
      return { kind: 'done' };
    });
  }

  poll(options: { readonly waitMillis: number; readonly bytesMax: number }): Promise<GroupAnswer> {
    return this.#ask('poll', async (engine, call) => {
      const given: GivenRecord[] = [];
      const { texts, generation } = await poll(engine, call, {
        ...this.name,
        ...options,
        render:
          () =>
          ({ topic, partition }, record) => {
            given.push({ ...readRecord(record), topic, partition });
            return String(given.length - 1).padStart(50, '0');
          },
      });
      // What did not fit, and looks that found too little, were made texts of too.
      const records = texts.map((text) => given[Number(text)] as GivenRecord);
      return { kind: 'done', records, generation };
    });
  }

  /** A poll that moves nothing: the client keeps its own positions. */
  fetch(
    named: readonly NamedPartition[],
    options: { readonly waitMillis: number; readonly bytesMax: number },
  ): Promise<GroupAnswer> {
    return this.#ask(
      'poll',
      async (engine, call) => {
        const request = { ...this.name, ...options, named };
        const { held, partitions, generation } = await memberFetch(engine, call, request);
        const records = partitions.flatMap(({ topic, partition, offset, batches }) => {
          const own = batches.flatMap(recordsIn).filter((record) => record.offset >= offset);
          return own.map((record) => ({ ...readRecord(record), topic, partition }));
        });
        return { kind: 'done', records, generation, held, partitions };
      },
      { named },
    );
  }

  /** @param offsets undefined: all that was delivered. */
  commit(offsets: readonly GroupOffset[] | undefined): Promise<GroupAnswer> {
    const named = offsets?.map((offset) => ({ ...offset, metadata: '' }));
    return this.#ask(
      'commit',
      async (engine, call) => {
        await commitOffsets(engine, call, this.name, named);
        return { kind: 'done' };
      },
      offsets && { offsets },
    );
  }

  /** To what is committed, wherever it has partitions. */
  goBack(topicOf: (topic: string) => boolean): Promise<GroupAnswer> {
    return this.#ask('seek', async (engine, call) => {
      const assigned = (await assignmentOf(engine, call, this.name)).filter(({ topic }) => {
        return topicOf(topic);
      });
      const committed = await committedOffsets(engine, call, this.name, assigned);
      const sought = assigned.map((place) => {
        const known = committed.find(
          ({ topic, partition }) => topic === place.topic && partition === place.partition,
        );
        return { ...place, to: { offset: known?.offset ?? 0 } };
      });
      await seek(engine, call, this.name, sought);
      return { kind: 'done' };
    });
  }

  leave(): Promise<GroupAnswer> {
    return this.#ask('leave', async (engine, call) => {
      await deleteInstance(engine, call, this.name);
      return { kind: 'done' };
    });
  }

  async #ask(
    what: GroupRequest['what'],
    verb: Verb<GroupAnswer>,
    said: Pick<GroupRequest, 'offsets' | 'named'> = {},
  ): Promise<GroupAnswer> {
    const { world, name: client } = this.#client;
    const process = processFor(this.#client);
    const request: GroupRequest = {
      client,
      process: process.name,
      ...this.name,
      life: this.#life,
      what,
      commitsOfItself: this.#commitsOfItself,
      ...said,
      invoked: world.history.next(),
      returned: Number.POSITIVE_INFINITY,
      answer: { kind: 'lost' },
    };
    world.history.groups.push(request);
    const asked = await ask(world, process, verb);
    request.returned = world.history.next();
    if (asked.kind === 'answered') request.answer = asked.answer;
    if (asked.kind === 'failed') request.answer = { kind: 'error', code: asked.error.code };
    return request.answer;
  }
}
