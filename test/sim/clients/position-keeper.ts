// A consumer in a group that keeps its own positions, as this project's client does: it names what
// it is at work on, commits before it gives a partition up, and goes on from where it was after an
// answer that it never heard.

import { nameOf } from '../check/check.ts';
import type { GroupAnswer, GroupOffset } from '../history.ts';
import { type Client, work } from './client.ts';
import { consumerGroup } from './group-member.ts';
import { Instance, type InstanceSettings } from './instance.ts';

type Held = GroupOffset & { readonly takenIn: number };

type State = {
  instance: Instance | undefined;
  isSpent: boolean;
  lives: number;
  /** By partition, where it goes on. */
  readonly held: Map<string, Held>;
  /** What it was given and has not committed, by partition. */
  readonly given: Map<string, GroupOffset>;
};

export function positionKeeper(client: Client): Promise<void> {
  const { world } = client;
  const settings: InstanceSettings = {
    reset: 'earliest',
    autoCommit: false,
    sessionMillis: world.pick(world.knobs.sessionsMillis),
    bytesMin: world.pick([1, 1, 200]),
  };
  const state: State = {
    ...{ instance: undefined, isSpent: false, lives: 0 },
    ...{ held: new Map(), given: new Map() },
  };
  return work(client, async () => {
    const instance = state.instance ?? (await begin(client, state, settings));
    if (instance === undefined) return;
    const fate = world.isCalm ? 99 : world.draw(19);
    if (fate === 0) await instance.leave();
    if (fate <= 1) return forget(state);
    if (fate === 2) await world.time.sleep(world.chance.fraction() * 3 * settings.sessionMillis);
    await fetchOnce(client, state, instance);
  });
}

async function begin(
  client: Client,
  state: State,
  settings: InstanceSettings,
): Promise<Instance | undefined> {
  const life = `${client.name}.${state.lives++}`;
  const name = state.lives === 1 || !state.isSpent ? client.name : life;
  const instance = new Instance(client, consumerGroup, name, life);
  const created = await instance.create(settings);
  if (created.kind !== 'done') return undefined;
  const subscribed = await instance.subscribe([...client.world.topics.keys()]);
  if (subscribed.kind !== 'done') return undefined;
  state.instance = instance;
  return instance;
}

function forget(state: State): void {
  state.instance = undefined;
  state.held.clear();
  state.given.clear();
}

async function fetchOnce(client: Client, state: State, instance: Instance): Promise<void> {
  const { world } = client;
  const named = [...state.held.values()].map(({ offset, ...place }) => {
    return world.draw(3) === 0 ? place : { ...place, offset };
  });
  const waitMillis = world.pick([0, 0, 300, 5_000]);
  const bytesMax = world.pick(world.knobs.pollBytes);
  const answer = await instance.fetch(named, { waitMillis, bytesMax });
  if (answer.kind !== 'done') return notFetched(state, answer);
  note(state, answer);
  const revoked = (answer.held ?? []).filter(({ isRevoked }) => isRevoked);
  if (revoked.length > 0 && world.draw(2) > 0) {
    await commit(state, instance);
    for (const place of revoked) state.held.delete(nameOf(place));
  } else if (world.draw(2) === 0) await commit(state, instance);
}

/** Nothing of it has moved, and whoever asks again is told again. */
function notFetched(state: State, answer: Exclude<GroupAnswer, { kind: 'done' }>): void {
  state.isSpent ||= answer.kind === 'lost';
  if (answer.kind === 'error' && answer.code === 'UNKNOWN_INSTANCE') forget(state);
}

function note(state: State, answer: Extract<GroupAnswer, { kind: 'done' }>): void {
  const before = new Map(state.held);
  state.held.clear();
  for (const { isRevoked: _, ...place } of answer.held ?? []) {
    const name = nameOf(place);
    const known = before.get(name);
    const isKnown = known?.takenIn === place.takenIn;
    if (!isKnown) state.given.delete(name);
    const read = answer.partitions?.find((one) => nameOf(one) === name);
    const offset = read?.nextOffset ?? (isKnown ? known?.offset : undefined);
    if (offset !== undefined) state.held.set(name, { ...place, offset });
  }
  for (const name of state.given.keys()) if (!state.held.has(name)) state.given.delete(name);
  for (const { topic, partition, offset } of answer.records ?? []) {
    state.given.set(nameOf({ topic, partition }), { topic, partition, offset: offset + 1 });
  }
}

async function commit(state: State, instance: Instance): Promise<void> {
  if (state.given.size === 0) return;
  const committed = await instance.commit([...state.given.values()]);
  state.isSpent ||= committed.kind === 'lost';
  if (committed.kind === 'done') state.given.clear();
  else if (committed.kind === 'error' && committed.code === 'UNKNOWN_INSTANCE') forget(state);
}
