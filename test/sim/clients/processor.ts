// A loop of read, process and write: what a poll gives is made into records of another topic, and
// stored together with the offsets it came from, in one transaction that is sent until it is
// answered. Whoever cannot learn what became of one goes on as another instance.

import { transact } from '../../../shared/engine/transact.ts';
import type { Verb } from '../ask.ts';
import type {
  BatchOutcome,
  GivenRecord,
  GroupOffset,
  ProduceRequest,
  SentBatch,
} from '../history.ts';
import { type Client, work } from './client.ts';
import { outcomesOf } from './entry-outcomes.ts';
import { Instance } from './instance.ts';
import { persist } from './persistent.ts';

export const processorGroup = 'processors';
export const derivedTopic = 'derived';

/** What a derived record says of where it comes from. */
export const sourceMark = '<';

export function processor(client: Client): Promise<void> {
  const { world, name } = client;
  const sessionMillis = world.pick(world.knobs.sessionsMillis);
  let instance: Instance | undefined;
  let lives = 0;
  let made = 0;
  // A poll that was never heard may be under way yet, and speaks for its instance by name.
  let ownName = name;
  const begin = async () => {
    const life = `${name}.${lives++}`;
    // The same name again and again: only generation and lease tell the lives apart.
    const fresh = new Instance(client, processorGroup, ownName, life);
    const settings = { reset: 'earliest', autoCommit: false, sessionMillis, bytesMin: 1 } as const;
    const created = await fresh.create(settings);
    if (created.kind !== 'done') return undefined;
    const subscribed = await fresh.subscribe(['orders']);
    return subscribed.kind === 'done' ? fresh : undefined;
  };
  return work(client, async () => {
    instance ??= await begin();
    if (instance === undefined) return;
    const answer = await instance.poll({ waitMillis: 300, bytesMax: world.pick([60, 100_000]) });
    if (answer.kind !== 'done') {
      if (answer.kind === 'error' && mayGoOn.has(answer.code)) return;
      if (answer.kind === 'lost') ownName = `${name}-${lives}`;
      await instance.leave();
      instance = undefined;
      return;
    }
    const { records = [], generation = 0 } = answer;
    if (records.length === 0) return;
    if (!world.isCalm && world.draw(2) === 0) {
      await world.time.sleep(world.chance.fraction() ** 2 * 2 * sessionMillis);
    }
    const own = instance.name;
    const isStored = await process(client, records, {
      key: `${name}/${made++}`,
      generation,
      ...own,
    });
    if (isStored) return;
    await instance.leave();
    instance = undefined;
  });
}

const mayGoOn: ReadonlySet<string> = new Set(['THROTTLED', 'UNAVAILABLE']);

type Processing = {
  readonly key: string;
  readonly generation: number;
  readonly group: string;
  readonly instance: string;
};

function process(
  client: Client,
  records: readonly GivenRecord[],
  { key, generation, group, instance }: Processing,
): Promise<boolean> {
  const derived = records.map(({ topic, partition, offset }, at) => {
    const id = `${key.replace('/', '.')}.${at}`;
    const source = `${topic}-${partition}:${offset}`;
    const value = Buffer.from(`${id}|${sourceMark}${source}`, 'latin1');
    return { id, key: null, value, headers: [] };
  });
  const batch: SentBatch = {
    topic: derivedTopic,
    partition: 0,
    records: derived,
    stamp: { key },
  };
  const request: ProduceRequest = {
    client: client.name,
    batches: [batch],
    isAtomic: true,
    attempts: [],
  };
  const offsets = [...offsetsOf(records).values()].map((offset) => ({ ...offset, metadata: '' }));
  const verb: Verb<readonly BatchOutcome[]> = async (engine, call) => {
    const sent = derived.map((one) => ({ ...one, topic: derivedTopic, partition: 0 }));
    const taken = { group, member: instance, generation, offsets };
    const asked = { records: sent, identity: { key }, offsets: taken };
    return outcomesOf([batch], await transact(engine, call, asked));
  };
  return persist(client, request, verb, 0.5);
}

function offsetsOf(records: readonly GivenRecord[]): ReadonlyMap<string, GroupOffset> {
  return new Map(
    records.map(({ topic, partition, offset }) => [
      `${topic}-${partition}`,
      { topic, partition, offset: offset + 1 },
    ]),
  );
}
