// The sentences of stories about groups.

import type { Engine } from '../../shared/engine/engine.ts';
import { lagsOfGroup } from '../../shared/engine/group/describe-groups.ts';
import { createInstance, deleteInstance } from '../../shared/engine/group/instances.ts';
import { poll } from '../../shared/engine/group/poll.ts';
import { subscribe } from '../../shared/engine/group/subscribe.ts';
import type { MemberSettings } from '../../shared/group/member.ts';
import { sessionMillisDefault } from '../../shared/limits.ts';
import type { Processes } from './world.ts';

/** One instance, and the process that serves it unless another is named. */
export type Consumer = {
  readonly group: string;
  readonly instance: string;
  readonly engine: Engine;
};

const defaults: MemberSettings = {
  format: 'binary',
  reset: 'earliest',
  autoCommit: true,
  sessionMillis: sessionMillisDefault,
  waitMillis: 0,
  bytesMin: 1,
};

/** Creates it, and subscribes it to topics if any are named. */
export async function consumer(
  world: Processes,
  name: { readonly group?: string; readonly instance: string; readonly engine?: Engine },
  wanted: Partial<MemberSettings> & { readonly topics?: readonly string[] } = {},
): Promise<Consumer> {
  const { topics = ['orders'], ...settings } = wanted;
  const made = { group: 'shop', engine: name.engine ?? world.newEngine(), ...name };
  const { engine } = made;
  const whole = { ...made, settings: { ...defaults, ...settings } };
  await createInstance(engine, world.call(engine), whole);
  if (topics.length > 0) {
    await subscribe(engine, world.call(engine), made, { kind: 'topics', topics });
  }
  return made;
}

/** Somebody who reads the first of what there is, commits it, and finds no more at once. */
export async function reader(world: Processes, instance = 'one'): Promise<Consumer> {
  const one = await consumer(world, { instance });
  await polled(world, one);
  await polled(world, one);
  return one;
}

export async function leave(world: Processes, { engine, ...name }: Consumer): Promise<void> {
  await deleteInstance(engine, world.call(engine), name);
}

/** What the group has committed, partition by partition. */
export async function committed(world: Processes): Promise<readonly number[]> {
  const engine = world.newEngine();
  const { lags } = await lagsOfGroup(engine, world.call(engine), 'shop');
  return lags.map((lag) => lag.committed);
}

export type Given = {
  readonly place: string;
  readonly offset: number;
  readonly value: string;
};

/** What a poll gives, as `orders-0 17 value`. */
export async function polled(
  world: Processes,
  { engine, ...name }: Consumer,
  options: { readonly waitMillis?: number; readonly bytesMax?: number; readonly in?: Engine } = {},
): Promise<readonly Given[]> {
  const { waitMillis = 0, bytesMax = 1_000_000, in: process = engine } = options;
  const given: Given[] = [];
  const { texts } = await poll(process, world.call(process), {
    ...name,
    waitMillis,
    bytesMax,
    render:
      () =>
      ({ topic, partition }, { offset, value }) => {
        const text = Buffer.from(value ?? '').toString();
        given.push({ place: `${topic}-${partition}`, offset, value: text });
        return `${given.length - 1}|${text}`;
      },
  });
  // What did not fit, and looks that found too little, were made texts of too.
  return texts.map((text) => given[Number.parseInt(text, 10)] as Given);
}

export function values(given: readonly Given[]): readonly string[] {
  return given.map(({ value }) => value);
}
