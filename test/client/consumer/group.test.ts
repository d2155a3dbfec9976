// Several consumers of a group that come, go and die while messages come, over a wire that loses
// requests and answers, to an engine whose processes change. Drawn from seeds.

import { expect, test } from 'vitest';
import type { Consumer } from '../../../client/consumer/consumer.ts';
import type { EachMessagePayload } from '../../../client/consumer/messages.ts';
import type { TopicPartition } from '../../../client/topic-partition.ts';
import { seededChance } from '../../world/seeded-chance.ts';
import { groupId, inStory, type Story } from './consumer-story.ts';

type Draw = (below: number) => number;

type Odds = {
  /** Consumers that die, of those that end. */
  readonly deaths: number;
  /** Requests that are lost, and answers that are not heard. */
  readonly losses: number;
};

const partitions = 4;
const steps = 25;

/** What all consumers of a story have done. */
class Ledger {
  readonly done = new Map<string, number>();
  /** As far as was heard: the next to read. */
  readonly committed = Array.from({ length: partitions }, () => 0);
  readonly wrong: string[] = [];

  begins({ partition }: TopicPartition, offset: number, by: string): void {
    if (offset >= (this.committed[partition] as number)) return;
    this.wrong.push(`${by} begins ${partition} ${offset}, which was committed`);
  }

  ends({ partition }: TopicPartition, offset: number): void {
    const name = `${partition} ${offset}`;
    this.done.set(name, (this.done.get(name) ?? 0) + 1);
  }

  commits(
    topics: readonly { readonly partitions: readonly { partition: number; offset: string }[] }[],
  ): void {
    for (const { partition, offset } of topics.flatMap((one) => one.partitions)) {
      this.committed[partition] = Math.max(this.committed[partition] as number, Number(offset));
    }
  }
}

class Life {
  readonly name: string;
  readonly consumer: Consumer;
  isDead = false;
  /** By partition: what was begun last. */
  readonly #last = new Map<number, number>();

  constructor(name: string, story: Story, ledger: Ledger, draw: Draw) {
    this.name = name;
    this.consumer = story.wire.newClient({ clientId: name, logLevel: 0 }).consumer({
      groupId,
      sessionTimeout: 10_000,
      bufferBytes: draw(2) === 0 ? 300 : 1_000_000,
    });
    this.consumer.on('consumer.group_join', () => this.#last.clear());
    this.consumer.on('consumer.commit_offsets', ({ payload }) => {
      ledger.commits(payload.topics);
    });
    const patience = draw(3) === 0 ? 15_000 : 300;
    const handle = async ({ partition, message }: EachMessagePayload) => {
      if (this.isDead) return;
      const offset = Number(message.offset);
      ledger.begins({ topic: 'orders', partition }, offset, name);
      const last = this.#last.get(partition) ?? -1;
      if (offset <= last) ledger.wrong.push(`${name} begins ${partition} ${offset} after ${last}`);
      this.#last.set(partition, offset);
      if (draw(3) > 0) await story.time.sleep(draw(patience));
      if (!this.isDead) ledger.ends({ topic: 'orders', partition }, offset);
    };
    this.#run = { handle, workers: 1 + draw(3) };
  }

  readonly #run: {
    readonly handle: (payload: EachMessagePayload) => unknown;
    readonly workers: number;
  };

  async begin(): Promise<void> {
    await this.consumer.subscribe({ topics: ['orders'], fromBeginning: true });
    const { handle: eachMessage, workers: partitionsConsumedConcurrently } = this.#run;
    await this.consumer.run({
      eachMessage,
      partitionsConsumedConcurrently,
      autoCommitInterval: 2_000,
    });
  }
}

/** @returns how often each message was done. */
async function tell(story: Story, seed: number, { deaths, losses }: Odds): Promise<Ledger> {
  const { wire, time } = story;
  const chance = seededChance(seed);
  const draw: Draw = (below) => Math.floor(chance.fraction() * below);
  const ledger = new Ledger();
  let lives: Life[] = [];
  const ended: Promise<void>[] = [];
  const dead = new Set<string>();
  let isCalm = false;
  wire.fateOf = ({ headers }) => {
    if (dead.has(headers.get('user-agent') ?? '')) return 'lost';
    if (isCalm || chance.fraction() >= losses) return 'passes';
    return chance.fraction() < 0.5 ? 'lost' : 'unheard';
  };
  const produced = Array.from({ length: partitions }, () => 0);
  const acts: (() => void | Promise<void>)[] = [
    async () => {
      const partition = draw(partitions);
      const values = Array.from({ length: 1 + draw(20) }, (_, at) => `value ${at}`);
      await story.produce(partition, ...values);
      produced[partition] = (produced[partition] as number) + values.length;
    },
    () => {
      if (lives.length >= 3) return;
      const life = new Life(
        `consumer-${ended.length}-${lives.length}-${draw(1e6)}`,
        story,
        ledger,
        draw,
      );
      lives.push(life);
      ended.push(life.begin());
    },
    () => {
      const life = lives[draw(lives.length)];
      if (life === undefined || draw(2) === 0) return;
      lives = lives.filter((one) => one !== life);
      if (chance.fraction() < deaths) {
        life.isDead = true;
        dead.add(life.name);
      }
      ended.push(life.consumer.disconnect());
    },
    () => wire.restart(),
  ];
  for (let step = 0; step < steps; step++) {
    await acts[Math.min(draw(6), 3) === 3 && draw(2) === 0 ? 0 : draw(4)]?.();
    await time.sleep(draw(3_000));
  }
  isCalm = true;
  const last = new Life('last', story, ledger, draw);
  ended.push(last.begin());
  const all = produced.reduce((sum, count) => sum + count, 0);
  await story.until(() => ledger.done.size === all);
  // What was done by one that died is done again by those who come after it.
  if (deaths > 0) await time.sleep(60_000);
  for (const life of [...lives, last]) ended.push(life.consumer.disconnect());
  await Promise.all(ended);
  const left = produced.map((count) => (count === 0 ? -1 : count));
  const committed = await story.committed();
  expect(committed.map((offset, at) => (left[at] === -1 ? -1 : offset))).toEqual(left);
  return ledger;
}

test.each(Array.from({ length: 12 }, (_, at) => at + 1))(
  'seed %i: everything is done, and nothing again that was committed, whoever dies',
  (seed) =>
    inStory(async (story) => {
      const ledger = await tell(story, seed, { deaths: 0.5, losses: 0.1 });
      expect(ledger.wrong).toEqual([]);
    }, seed),
);

test.each(Array.from({ length: 12 }, (_, at) => at + 101))(
  'seed %i: while all leave as they should, everything is done once',
  (seed) =>
    inStory(async (story) => {
      const ledger = await tell(story, seed, { deaths: 0, losses: 0.1 });
      expect(ledger.wrong).toEqual([]);
      expect([...ledger.done].filter(([, times]) => times > 1)).toEqual([]);
    }, seed),
);
