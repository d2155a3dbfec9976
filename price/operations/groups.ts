// What the life of a group uses: its members come, fetch, commit and go.

import { fetchWaitMillisMax } from '../../shared/limits.ts';
import { partsHeadBytesMax, splitHead } from '../../shared/record/parts.ts';
import { kilobytes, media, type Operation, one, partitions, Stage, topic } from './stage.ts';

const times = 32;
const polls = '/consumers/polls/instances/one';
const hundred = { body: { records: kilobytes.slice(0, 100).map((value) => ({ value })) } };

export function countGroups(): Promise<readonly Operation[]> {
  return Stage.open(13, async (stage) => {
    const [first, second] = [new Member(stage, 'first'), new Member(stage, 'second')];
    for (const member of [first, second]) await member.join();
    await settled([first, second]);
    return [
      ...(await countFetches(stage, first)),
      ...(await countPolls(stage)),
      ...(await countCommits(stage, first)),
      ...(await countRebalances(stage, [first, second])),
    ];
  });
}

async function countFetches(stage: Stage, member: Member): Promise<readonly Operation[]> {
  const wait = { timeout: fetchWaitMillisMax };
  return [
    await stage.count('a member’s fetch of 4 partitions, with nothing new', times, () =>
      member.fetch(),
    ),
    await stage.count(
      'one that gives what one append brought: 100 records of a KB',
      times,
      () => member.fetch(),
      () => append(stage, member.partition),
    ),
    await stage.count('one that reads nothing: a heartbeat', times, () =>
      member.fetch({ reads: false }),
    ),
    await stage.count(
      `one that waits for ${fetchWaitMillisMax / 1_000} seconds, with nothing new`,
      4,
      () => member.fetch(wait),
    ),
  ];
}

/** By instances of the REST Proxy, whose positions the engine keeps. */
async function countPolls(stage: Stage): Promise<readonly Operation[]> {
  const wanted = { format: 'binary', 'auto.commit.enable': 'false' };
  for (const name of ['one', 'two']) {
    await stage.ask('POST /consumers/polls', { body: { name, ...wanted } });
    const subscription = `/consumers/polls/instances/${name}/subscription`;
    await stage.ask(`POST ${subscription}`, { body: { topics: [topic] } });
  }
  const poll = async (name = 'one') => {
    const path = `/consumers/polls/instances/${name}/records?timeout=0`;
    return stage.askJson<{ partition: number }[]>(`GET ${path}`);
  };
  for (let turn = 0; turn < 3; turn++) for (const name of ['one', 'two']) await poll(name);
  const toAll = async () => {
    for (let partition = 0; partition < partitions; partition++) {
      await stage.ask(`POST /topics/${topic}/partitions/${partition}`, one('a'));
    }
  };
  return [
    await stage.count('a poll by the REST Proxy’s words, with nothing new', times, () => poll()),
    await stage.count('one that gives a record of each of 4 partitions', 10, () => poll(), toAll),
    await stage.count(
      'a commit of what it gave, of 4 partitions',
      10,
      () => stage.ask(`POST ${polls}/offsets`),
      async () => {
        await toAll();
        await poll();
      },
    ),
  ];
}

async function countCommits(stage: Stage, member: Member): Promise<readonly Operation[]> {
  return [
    await stage.count(
      'a commit of one partition',
      times,
      () => member.commit(),
      async () => {
        await append(stage, member.partition);
        await member.fetch();
      },
    ),
  ];
}

async function countRebalances(
  stage: Stage,
  members: readonly Member[],
): Promise<readonly Operation[]> {
  const comer = (time: number) => new Member(stage, `third-${time}`);
  let third = comer(0);
  return [
    await stage.count(
      'a third member comes: with all fetches until 8 partitions are shared anew',
      5,
      async () => {
        await third.join();
        await settled([...members, third]);
      },
      async (time) => {
        if (time > 0) await third.leave();
        await settled(members);
        third = comer(time);
      },
    ),
    await stage.count(
      'it leaves: with all fetches until they are shared anew',
      5,
      async () => {
        await third.leave();
        await settled(members);
      },
      async (time) => {
        if (time > 0) {
          third = comer(100 + time);
          await third.join();
        }
        await settled([...members, third]);
      },
    ),
  ];
}

async function append(stage: Stage, partition: number): Promise<void> {
  await stage.ask(`POST /topics/${topic}/partitions/${partition}`, hundred);
}

/** They fetch in turn until nothing is told that they did not know: each gives up at once what is
 * to be another's. */
async function settled(members: readonly Member[]): Promise<void> {
  for (let isNew = true; isNew; ) {
    isNew = false;
    for (const member of members) isNew = (await member.fetch()) || isNew;
  }
}

type Held = {
  readonly topic: string;
  readonly partition: number;
  readonly generation: number;
  readonly revoked?: boolean;
};
type Head = {
  readonly held: readonly Held[];
  readonly partitions: readonly { readonly partition: number; readonly next_offset: number }[];
};

/** One that asks as the client does. */
class Member {
  readonly #stage: Stage;
  readonly #path: string;
  #held: readonly Held[] = [];
  readonly #next = new Map<number, number>();

  constructor(stage: Stage, name: string) {
    this.#stage = stage;
    this.#path = `/consumers/group/instances/${name}`;
  }

  /** The first that it holds. */
  get partition(): number {
    return this.#held[0]?.partition ?? 0;
  }

  async join(): Promise<void> {
    const name = this.#path.split('/').at(-1);
    const wanted = { name, format: 'binary', 'auto.commit.enable': 'false' };
    await this.#stage.ask('POST /consumers/group', { body: wanted });
    await this.#stage.ask(`POST ${this.#path}/subscription`, { body: { topics: [topic] } });
  }

  async leave(): Promise<void> {
    await this.#stage.ask(`DELETE ${this.#path}`);
  }

  /** @returns whether it is told what it did not know. */
  async fetch({ timeout = 0, reads = true } = {}): Promise<boolean> {
    const named = this.#held.map(({ partition, generation }) => {
      const offset = reads ? this.#next.get(partition) : undefined;
      return { topic, partition, generation, ...(offset !== undefined && { offset }) };
    });
    const response = await this.#stage.ask(`POST ${this.#path}/fetch`, {
      body: { partitions: named, timeout, max_bytes: 1_000_000 },
      headers: { Accept: media.parts },
    });
    const bytes = new Uint8Array(await response.arrayBuffer());
    const line = splitHead(bytes, partsHeadBytesMax)?.head as Uint8Array;
    const { held, partitions: read }: Head = JSON.parse(Buffer.from(line).toString());
    for (const { partition, next_offset: next } of read) this.#next.set(partition, next);
    const kept = held.filter(({ revoked }) => revoked !== true);
    const isNew = kept.length < held.length || textOf(kept) !== textOf(this.#held);
    this.#held = kept;
    return isNew;
  }

  async commit(): Promise<void> {
    const { partition } = this;
    const offset = (this.#next.get(partition) ?? 0) - 1;
    const offsets = [{ topic, partition, offset }];
    await this.#stage.ask(`POST ${this.#path}/offsets`, { body: { offsets } });
  }
}

function textOf(held: readonly Held[]): string {
  return held.map(({ partition, generation }) => `${partition}:${generation}`).join();
}
