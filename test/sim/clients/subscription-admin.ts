// Whoever makes subscriptions, pauses and resumes them, sends them elsewhere in their topic,
// changes and deletes them, and puts dead letters back; and sometimes the topic of the dead letters
// is gone for a while.

import { changeSubscription } from '../../../shared/engine/delivery/change-subscription.ts';
import { createSubscription } from '../../../shared/engine/delivery/create-subscription.ts';
import { deleteSubscription } from '../../../shared/engine/delivery/delete-subscription.ts';
import { redrive } from '../../../shared/engine/delivery/redrive.ts';
import { seekSubscription } from '../../../shared/engine/delivery/seek-subscription.ts';
import { deleteTopic } from '../../../shared/engine/make-topics.ts';
import { growTopic } from '../../../shared/engine/topics.ts';
import { ask, type Verb } from '../ask.ts';
import type { SubscriptionRequest } from '../history.ts';
import { deadLetterTopic, drawSettings, drawTarget } from '../triggers/draw-settings.ts';
import type { AdminAct } from '../triggers/trigger-knobs.ts';
import { type Client, processFor, work } from './client.ts';
import { changeTopic, makeTopic } from './topic-admin.ts';

export const subscriptionNames = ['alpha', 'beta', 'gamma', 'delta'] as const;
const deadLetterPartitions = 2;
const partitionsMax = 3;

export function subscriptionAdmin(client: Client): Promise<void> {
  const { world } = client;
  return work(client, async () => {
    const name = world.pick(subscriptionNames.slice(0, world.knobs.triggers?.names));
    const act = drawAct(client);
    // What is asked of nobody needs no process.
    const known = world.triggers?.watch.current.get(name);
    if (act === 'end-dead-letters') return endDeadLetters(client);
    if (act === 'grow') return grow(client);
    if (known === undefined) return create(client, name);
    if (act === undefined) return known.state === 'paused' ? resume(client, name) : undefined;
    await acts[act](client, name);
  });
}

const calmActs: ReadonlySet<AdminAct> = new Set<AdminAct>(['seek', 'redrive']);

function drawAct({ world }: Client): AdminAct | undefined {
  let left = world.chance.fraction();
  for (const [act, odds] of Object.entries(world.knobs.triggers?.admin ?? {})) {
    left -= odds;
    if (left >= 0) continue;
    return world.isCalm && !calmActs.has(act as AdminAct) ? undefined : (act as AdminAct);
  }
  return undefined;
}

export async function create(client: Client, name: string): Promise<void> {
  const { world } = client;
  const wanted = {
    name,
    topic: world.pick([...world.topics.keys()]),
    group: `for-${name}`,
    target: drawTarget(world, `${name}.${world.history.events}`),
    settings: drawSettings(world),
    from: world.pick(['earliest', 'earliest', 'latest', 'latest', { timestamp: 1_030 }] as const),
  };
  await change(client, 'creates', name, async (engine, call) => {
    await createSubscription(engine, call, wanted);
  });
}

export async function resume(client: Client, name: string): Promise<void> {
  await change(client, 'resumes', name, async (engine, call) => {
    await changeSubscription(engine, call, name, { state: 'running' });
  });
}

type NamedAct = Exclude<AdminAct, 'end-dead-letters' | 'grow'>;

const acts: Readonly<Record<NamedAct, (client: Client, name: string) => Promise<void>>> = {
  pause: async (client, name) => {
    await change(client, 'pauses', name, async (engine, call) => {
      await changeSubscription(engine, call, name, { state: 'paused' });
    });
  },
  seek: async (client, name) => {
    const { world } = client;
    const to = world.pick(['earliest', 'latest', { offset: world.draw(20) }] as const);
    const partition = world.draw(1) === 0 ? {} : { partition: 0 };
    await change(client, 'seeks', name, async (engine, call) => {
      await seekSubscription(engine, call, name, { ...partition, to });
    });
  },
  change: async (client, name) => {
    const settings = drawSettings(client.world);
    await change(client, 'changes', name, async (engine, call) => {
      await changeSubscription(engine, call, name, { settings: () => settings });
    });
  },
  delete: async (client, name) => {
    await change(client, 'deletes', name, (engine, call) => deleteSubscription(engine, call, name));
  },
  redrive: async (client, name) => {
    await putBack(client, name, client.world.pick([1, 1, 2, 3, 5]));
  },
};

/** @returns the answer. */
export async function putBack(client: Client, name: string, limit: number): Promise<string> {
  return change(client, `redrives ${limit} of`, name, async (engine, call) => {
    await redrive(engine, call, name, limit);
  });
}

async function endDeadLetters(client: Client): Promise<void> {
  await changeTopic(client, 'deletes', deadLetterTopic, async (engine, call) => {
    await deleteTopic(engine, call, deadLetterTopic);
  });
  await client.world.time.sleep(client.world.chance.fraction() ** 2 * 60_000);
  await makeTopic(client, deadLetterTopic, deadLetterPartitions);
}

function grow(client: Client): Promise<void> {
  const { world } = client;
  const [topic, partitions] = world.pick([...world.topics]);
  if (partitions >= partitionsMax) return Promise.resolve();
  return changeTopic(client, 'grows', topic, async (engine, call) => {
    await growTopic(engine, call, { name: topic, partitions: partitions + 1 });
    world.topics.set(topic, partitions + 1);
  });
}

async function change(
  client: Client,
  what: string,
  name: string,
  verb: Verb<void>,
): Promise<string> {
  const { world } = client;
  const { history } = world;
  const process = processFor(client);
  const request: SubscriptionRequest = {
    client: client.name,
    process: process.name,
    what,
    name,
    invoked: history.next(),
    returned: Number.POSITIVE_INFINITY,
    answer: 'lost',
  };
  history.subscriptions.push(request);
  const asked = await ask(world, process, verb);
  request.returned = history.next();
  if (asked.kind === 'answered') request.answer = 'done';
  if (asked.kind === 'failed') request.answer = asked.error.code;
  return request.answer;
}
