// The sentences of stories about subscriptions: an engine with triggers of its own, and a receiver
// that does with each delivery what the story says.

import { Triggers } from '../../local/triggers.ts';
import { watchedTable } from '../../local/watched-table.ts';
import {
  defaultSettings,
  type Subscription,
  type SubscriptionSettings,
  type Target,
  wakeUpFor,
} from '../../shared/delivery/subscription.ts';
import { createSubscription } from '../../shared/engine/delivery/create-subscription.ts';
import { deliver } from '../../shared/engine/delivery/deliver.ts';
import {
  describeSubscription,
  type PartitionDelivery,
} from '../../shared/engine/delivery/describe-subscriptions.ts';
import type { StartingPosition } from '../../shared/engine/delivery/starting-positions.ts';
import {
  createEngine,
  type Engine,
  type EngineSettings,
  openCall,
} from '../../shared/engine/engine.ts';
import type { EpochMillis } from '../../shared/ids.ts';
import type { Invoked, Targets } from '../../shared/ports/targets.ts';
import type { WakeUp, WakeUps } from '../../shared/ports/wake-ups.ts';
import type { Told } from '../../shared/told.ts';
import { workerMillisMax } from '../../shared/trigger-limits.ts';
import { seededChance } from './seeded-chance.ts';
import type { World } from './world.ts';

/** One call of the receiver. */
export type Received = {
  readonly at: number;
  readonly partition: number;
  readonly offsets: readonly number[];
  readonly values: readonly (string | undefined)[];
  /** It has taken all of them. */
  isTaken: boolean;
};

/** undefined: it takes them. */
export type Reaction = (received: Received) => Promise<Invoked | undefined> | Invoked | undefined;

export type Receiver = {
  readonly received: Received[];
  readonly targets: Targets;
  /** From now on. */
  react: Reaction;
};

export function newReceiver(world: World, react: Reaction = () => undefined): Receiver {
  const refuse = async () => {
    throw new Error('this receiver is a function');
  };
  const receiver: Receiver = {
    received: [],
    react,
    targets: {
      post: refuse,
      send: refuse,
      invoke: async ({ payload }) => {
        const received = receivedIn(payload, world.time.now());
        receiver.received.push(received);
        const reaction = await receiver.react(received);
        received.isTaken = reaction === undefined;
        return reaction ?? { kind: 'returned', payload: '' };
      },
    },
  };
  return receiver;
}

function receivedIn(payload: string, at: number): Received {
  const { records } = JSON.parse(payload) as {
    records: Record<string, { partition: number; offset: number; value?: string }[]>;
  };
  const own = Object.values(records).flat();
  return {
    at,
    partition: own[0]?.partition ?? -1,
    offsets: own.map(({ offset }) => offset),
    values: own.map(({ value }) => value && Buffer.from(value, 'base64').toString()),
    isTaken: false,
  };
}

export const failure: Invoked = { kind: 'function-error', reason: 'TypeError' };

/** What fails of a delivery with such a value in it: all of it. */
export function refusing(...values: readonly string[]): Reaction {
  return (received) =>
    received.values.some((one) => values.includes(one ?? '')) ? failure : undefined;
}

/** Offsets of a partition that were taken, each where it was for the first time. */
export function takenOf({ received }: Receiver, partition = 0): readonly number[] {
  const own = received.filter((one) => one.isTaken && one.partition === partition);
  return [...new Set(own.flatMap(({ offsets }) => offsets))];
}

/** Every call of the receiver, as the offsets that it brought. */
export function callsOf({ received }: Receiver, partition = 0): readonly (readonly number[])[] {
  return received.filter((one) => one.partition === partition).map(({ offsets }) => offsets);
}

/** From 0 on. */
export function offsetsBelow(end: number): readonly number[] {
  return [...Array(end).keys()];
}

/** A process that delivers what is appended through it. */
export type Deliverer = {
  readonly engine: Engine;
  readonly stop: () => Promise<void>;
  /** Nothing that it does comes to an end any more. */
  readonly kill: () => void;
  /** Of its runs. */
  readonly told: readonly Told[];
};

export function newDeliverer(
  world: World,
  targets: Targets,
  settings: Partial<EngineSettings> = {},
): Deliverer {
  const { time } = world;
  let isDead = false;
  const living = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
    const answer = isDead ? undefined : await work();
    return isDead ? new Promise(() => undefined) : (answer as Answer);
  };
  const { objects, table } = world.newEngine();
  const onFault = (fault: unknown) => {
    throw fault;
  };
  const told: Told[] = [];
  const triggers = new Triggers({ clock: time, onFault, tell: (one) => told.push(one) });
  const watched = watchedTable(table, triggers.see);
  const engine = createEngine({
    objects: {
      ...objects,
      put: (object) => living(() => objects.put(object)),
      read: (range) => living(() => objects.read(range)),
    },
    table: {
      get: (key, read) => living(() => watched.get(key, read)),
      query: (range) => living(() => watched.query(range)),
      write: (write) => living(() => watched.write(write)),
      transact: (writes) => living(() => watched.transact(writes)),
    },
    clock: time,
    chance: seededChance(7),
    wakeUps: triggers.wakeUps,
    settings,
  });
  triggers.start({
    engine,
    targets: {
      invoke: (invocation) => living(() => targets.invoke(invocation)),
      send: (sending) => living(() => targets.send(sending)),
      post: (posting) => living(() => targets.post(posting)),
    },
  });
  return {
    engine,
    stop: async () => {
      engine.arrivals.end();
      await triggers.stop();
    },
    kill: () => {
      isDead = true;
    },
    told,
  };
}

/** Works on one wake-up, in a process of its own unless another is named. */
export function woken(
  world: World,
  { targets }: Receiver,
  subscription: Subscription,
  { partition = 0, engine = world.newEngine() } = {},
): Promise<void> {
  const call = openCall(engine, { deadline: (world.time.now() + workerMillisMax) as EpochMillis });
  return deliver(engine, call, targets, wakeUpFor(subscription, partition));
}

export type Wanted = Partial<SubscriptionSettings> & {
  readonly name?: string;
  readonly topic?: string;
  readonly group?: string;
  readonly target?: Target;
  readonly from?: StartingPosition;
};

/** Of a function, from the beginning, unless it says otherwise. */
export function subscription(
  world: World,
  engine: Engine,
  { name = 'billing', topic = 'orders', from = 'earliest', ...wanted }: Wanted = {},
): Promise<Subscription> {
  const { group = `${name}-group`, target, ...settings } = wanted;
  return createSubscription(engine, world.call(engine), {
    name,
    topic,
    group,
    target: target ?? { kind: 'lambda', function: name },
    settings: { ...defaultSettings, ...settings },
    from,
  });
}

/** A process that meets none of the world's faults. */
export function sparedEngine(world: World): Engine {
  const { objects, table } = world.account;
  return createEngine({ objects, table, clock: world.time, chance: seededChance(11) });
}

/** How far it is, as a process that knows nothing yet finds it. */
export async function progressOf(
  world: World,
  name = 'billing',
): Promise<readonly PartitionDelivery[]> {
  const engine = sparedEngine(world);
  return (await describeSubscription(engine, world.call(engine), name)).partitions;
}

/** Waits until all of the topic is delivered, filtered or given up. */
export function caughtUp(world: World, engine: Engine, name = 'billing'): Promise<void> {
  return until(world, async () => {
    const { partitions } = await describeSubscription(engine, world.call(engine), name);
    return partitions.every(({ lag }) => lag === 0);
  });
}

/** No story is told longer. */
const patienceMillis = 1_000_000;

/** Waits until it is so. */
export async function until(world: World, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = world.time.now() + patienceMillis;
  while (!(await isSo())) {
    if (world.time.now() > end) throw new Error('it never comes to be so');
    await world.time.sleep(50);
  }
}

/** Wake-ups that are written down and reach nobody. */
export function noted(): WakeUps & { readonly sent: WakeUp[] } {
  const sent: WakeUp[] = [];
  return { sent, send: async (wakeUps) => void sent.push(...wakeUps) };
}
