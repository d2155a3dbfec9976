// Whoever makes, deletes, makes again and grows topics while others use them.

import { createTopic, deleteTopic } from '../../../shared/engine/make-topics.ts';
import { growTopic } from '../../../shared/engine/topics.ts';
import { ask, type Verb } from '../ask.ts';
import type { TopicRequest } from '../history.ts';
import type { SimulatedWorld } from '../world.ts';
import { type Client, processFor, work } from './client.ts';

const partitionsMax = 3;

export function topicAdmin(client: Client): Promise<void> {
  const { world } = client;
  const deletes = world.draw(1) === 0;
  // A topic that is made while stores fail.
  world.topics.set('made', 1);
  return work(client, async () => {
    const topic = world.pick([...world.topics.keys()]);
    const partitions = 1 + world.draw(partitionsMax - 1);
    const choice = world.draw(deletes && !world.isCalm ? 3 : 1);
    if (choice === 0) return makeTopic(client, topic, partitions);
    if (choice > 1) {
      await changeTopic(client, 'deletes', topic, async (engine, call) => {
        await deleteTopic(engine, call, topic);
      });
      return choice === 2 ? makeTopic(client, topic, partitions) : undefined;
    }
    await changeTopic(client, `grows to ${partitions}`, topic, async (engine, call) => {
      await growTopic(engine, call, { name: topic, partitions });
      knowPartitions(world, topic, partitions);
    });
  });
}

export function makeTopic(client: Client, topic: string, partitions: number): Promise<void> {
  return changeTopic(client, `makes of ${partitions}`, topic, async (engine, call) => {
    const configs = new Map(client.world.knobs.upkeep?.configs);
    await createTopic(engine, call, { name: topic, partitions, configs });
    knowPartitions(client.world, topic, partitions);
  });
}

/** Clients may ask for partitions of a topic's predecessor too: they are refused, and no harm. */
function knowPartitions({ topics }: SimulatedWorld, topic: string, partitions: number): void {
  topics.set(topic, Math.max(topics.get(topic) ?? 1, partitions));
}

export async function changeTopic(
  client: Client,
  what: string,
  topic: string,
  verb: Verb<void>,
): Promise<void> {
  const { world, name } = client;
  const process = processFor(client);
  const { history } = world;
  const request: TopicRequest = {
    client: name,
    process: process.name,
    what,
    topic,
    invoked: history.next(),
    returned: Number.POSITIVE_INFINITY,
    answer: 'lost',
  };
  history.topics.push(request);
  const asked = await ask(world, process, verb);
  request.returned = history.next();
  if (asked.kind === 'answered') request.answer = 'done';
  if (asked.kind === 'failed') request.answer = asked.error.code;
}
