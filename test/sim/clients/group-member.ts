// A consumer in a group, as an application has one: it makes an instance, subscribes, polls,
// commits what it was given or lets polls do that, and goes on. Now and then it leaves, is gone
// without a word, or does not ask for longer than its session lasts; and some share one instance by
// its name.

import type { GroupAnswer, GroupOffset } from '../history.ts';
import { type Client, work } from './client.ts';
import { Instance, type InstanceSettings } from './instance.ts';

export const consumerGroup = 'readers';
/** Whose only instance several clients share: what one of them never hears, the others commit. */
export const twinGroup = 'twins';
const twinName = 'twin';

export function groupMember(client: Client): Promise<void> {
  return member(client, { group: consumerGroup, name: client.name });
}

/** One of two that use one name. */
export function groupTwin(client: Client): Promise<void> {
  return member(client, { group: twinGroup, name: twinName });
}

type State = {
  instance: Instance | undefined;
  /** An answer was never heard: what was asked may be under way yet, and speaks for the instance by
   * its name. */
  isSpent: boolean;
  lives: number;
  /** What it was given and has not committed, by partition. */
  readonly given: Map<string, GroupOffset>;
};

/** One who comes and goes beside them. */
export function twinNeighbour(client: Client): Promise<void> {
  return member(client, { group: twinGroup, name: client.name, isRestless: true });
}

type Own = { readonly group: string; readonly name: string; readonly isRestless?: boolean };

function member(client: Client, own: Own): Promise<void> {
  const { world } = client;
  const settings: InstanceSettings = {
    reset: 'earliest',
    autoCommit: world.draw(2) === 0,
    sessionMillis: world.pick(world.knobs.sessionsMillis),
    bytesMin: world.pick([1, 1, 200]),
  };
  const state: State = { instance: undefined, isSpent: false, lives: 0, given: new Map() };
  return work(client, async () => {
    const instance = state.instance ?? (await begin(client, state, own, settings));
    if (instance === undefined) return;
    const fate = world.isCalm ? 99 : world.draw(own.isRestless ? 2 : 19);
    if (fate === 0) return leave(state, instance);
    // It is gone, and nobody is told.
    if (fate === 3) return forget(state);
    if (fate === 4) await world.time.sleep(world.chance.fraction() * 3 * settings.sessionMillis);
    // Who shares an instance would commit what it had before.
    if (fate === 5 && own.name !== twinName) return resubscribe(client, state, instance);
    await pollOnce(client, state, instance, settings);
  });
}

async function begin(
  client: Client,
  state: State,
  own: Own,
  settings: InstanceSettings,
): Promise<Instance | undefined> {
  const life = `${client.name}.${state.lives++}`;
  const isTwin = own.name === twinName;
  const isSame = state.lives === 1 || (!state.isSpent && client.world.draw(1) === 0);
  const name = isTwin || isSame ? own.name : life;
  const instance = new Instance(client, own.group, name, life);
  const created = await instance.create(settings);
  const isOthers = created.kind === 'error' && created.code === 'INSTANCE_EXISTS';
  if (created.kind !== 'done' && !(isOthers && isTwin)) return undefined;
  const subscribed = await instance.subscribe([...client.world.topics.keys()]);
  if (subscribed.kind !== 'done') return undefined;
  state.given.clear();
  state.instance = instance;
  return instance;
}

function forget(state: State): void {
  state.instance = undefined;
  state.given.clear();
}

async function leave(state: State, instance: Instance): Promise<void> {
  await instance.leave();
  forget(state);
}

async function resubscribe(client: Client, state: State, instance: Instance): Promise<void> {
  const given = await instance.unsubscribe();
  if (given.kind !== 'done') return forget(state);
  state.given.clear();
  const subscribed = await instance.subscribe([...client.world.topics.keys()]);
  if (subscribed.kind !== 'done') forget(state);
}

async function pollOnce(
  client: Client,
  state: State,
  instance: Instance,
  { autoCommit }: InstanceSettings,
): Promise<void> {
  const { world } = client;
  const waitMillis = world.pick([0, 0, 300, 5_000]);
  const answer = await instance.poll({ waitMillis, bytesMax: world.pick(world.knobs.pollBytes) });
  if (answer.kind !== 'done') return recover(client, state, instance, answer);
  for (const { topic, partition, offset } of answer.records ?? []) {
    state.given.set(`${topic}-${partition}`, { topic, partition, offset: offset + 1 });
  }
  if (autoCommit || world.draw(3) === 0) return;
  const all = [...state.given.values()];
  const committed = await instance.commit(world.draw(2) === 0 ? undefined : all);
  state.isSpent ||= committed.kind === 'lost';
  if (committed.kind === 'done') state.given.clear();
  else if (committed.kind === 'error' && mayGoOn.has(committed.code)) state.given.clear();
  else if (world.draw(1) === 0 && instance.name.group === consumerGroup) {
    await leave(state, instance);
  } else forget(state);
}

/** Nothing has moved, or only who has what. */
const mayGoOn: ReadonlySet<string> = new Set(['THROTTLED', 'UNAVAILABLE', 'ILLEGAL_STATE']);

/** What it was given, if anything, it does not know. Once a poll is over, it goes back to what is
 * committed; of one that may be under way yet it leaves the instance to itself, and never lets it
 * commit what nobody has seen. */
async function recover(
  client: Client,
  state: State,
  instance: Instance,
  answer: Exclude<GroupAnswer, { kind: 'done' }>,
): Promise<void> {
  state.isSpent ||= answer.kind === 'lost';
  if (answer.kind === 'lost' || answer.code === 'UNKNOWN_INSTANCE') return forget(state);
  if (mayGoOn.has(answer.code)) return;
  state.given.clear();
  const went = await instance.goBack((topic) => client.world.topics.has(topic));
  if (went.kind !== 'done') forget(state);
}
