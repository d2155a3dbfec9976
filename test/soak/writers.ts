// Writers: plain ones, whose requests are sent once, and others, whose requests are sent until all
// of them is stored, and now and then once more. Everything that they are told is kept in the
// model; and some of it they read at once, since what is acknowledged is there to be read.

import type { Bounds } from '../../shared/engine/bounds.ts';
import type { Engine } from '../../shared/engine/engine.ts';
import { hostClock } from '../../shared/engine/host-environment.ts';
import type { ProducedEntry } from '../../shared/engine/records-by-partition.ts';
import { takeProducer } from '../../shared/engine/take-producer.ts';
import type { Dice } from './dice.ts';
import type { ModelPartition } from './model.ts';
import { readFrom } from './reading.ts';
import { drawItems, type Item, type Kind, Numbers, type Request, send } from './requests.ts';
import { callOf, during, pause, refusal, type Setting } from './setting.ts';

const pauseMillisMax = 60;
/** Others are in the way for a moment, and not for ever. */
const triesMax = 100;

export type Writer = {
  readonly name: string;
  readonly kind: Kind;
  readonly transacts: boolean;
};

/** One request. */
export function writerOf(setting: Setting, { name, kind, transacts }: Writer) {
  let requests = 0;
  let numbers: Numbers | undefined;
  return async (dice: Dice): Promise<void> => {
    const engine = setting.drawEngine(dice);
    if (kind === 'numbered') {
      numbers ??= new Numbers(await takeProducer(engine, callOf(engine), {}));
    }
    const partitions = drawPartitions(setting, dice, transacts);
    // What a repeat says of the time need not be what is stored.
    const isTimed = kind === 'numbered' || transacts || dice.odds(0.5);
    const request: Request = {
      items: drawItems(setting, dice, partitions, isTimed),
      isTransaction: transacts,
      identity: kind === 'keyed' ? { key: `${name} ${requests++}` } : numbers,
    };
    await deliver(setting, dice, engine, request);
    numbers?.advance(request.items);
    if (transacts) setting.tally.transactions++;
    await engine.background.idle();
    await pause(dice, pauseMillisMax);
  };
}

function drawPartitions(
  { partitions }: Setting,
  dice: Dice,
  transacts: boolean,
): readonly ModelPartition[] {
  const first = dice.pick(partitions);
  const others = transacts ? partitions : partitions.filter(({ topic }) => topic === first.topic);
  return dice.odds(0.5) ? [first] : [first, dice.pick(others), dice.pick(others)];
}

/** Until all of it is stored, if it may be sent again. */
async function deliver(
  setting: Setting,
  dice: Dice,
  engine: Engine,
  request: Request,
): Promise<void> {
  const sent: Sent = {
    at: hostClock.now(),
    floors: new Map(request.items.map(({ partition }) => [partition, partition.bounds.floor])),
    known: new Set(),
  };
  let by = engine;
  let isAgain = request.identity !== undefined && dice.odds(0.15);
  for (let tries = 1; ; tries++) {
    const entries = await send(setting, by, request)
      .catch(refusal)
      .catch(during(kindOf(request)));
    const stored = entries === 'refused' ? [] : storedShares(request.items, entries);
    for (const share of stored) {
      if (share.isRepeat && tries === 1) {
        throw new Error(`${kindOf(request)} to ${share.partition.topic} is told to be a repeat`);
      }
      keep(setting, share, sent);
    }
    const count = stored.reduce((sum, { items }) => sum + items.length, 0);
    if (count < request.items.length) {
      setting.tally.refusedWrites++;
      if (request.identity === undefined) return;
      if (tries >= triesMax) throw new Error(`${kindOf(request)} is refused ${tries} times`);
      await pause(dice, pauseMillisMax);
      continue;
    }
    if (dice.odds(0.3)) await readBack(setting, dice, by, dice.pick(stored));
    if (!isAgain) return;
    isAgain = false;
    by = setting.drawEngine(dice);
  }
}

function kindOf({ identity, isTransaction }: Request): string {
  const kind =
    identity === undefined ? 'plain' : identity instanceof Numbers ? 'numbered' : 'keyed';
  return `a ${kind} ${isTransaction ? 'transaction' : 'request'}`;
}

type Share = {
  readonly partition: ModelPartition;
  readonly items: readonly Item[];
  /** -1: as in ProducedEntry. */
  readonly base: number;
  readonly timestamps: readonly number[];
  readonly isRepeat: boolean;
};

/** What of a request is stored: all that goes to a partition, or nothing.
 * @throws what may not be answered. */
function storedShares(items: readonly Item[], entries: readonly ProducedEntry[]): readonly Share[] {
  const byPartition = Map.groupBy(items.keys(), (index) => (items[index] as Item).partition);
  return [...byPartition].flatMap(([partition, indexes]) => {
    const own = indexes.map((index) => entries[index] as ProducedEntry);
    const timestamps: number[] = [];
    const offsets: number[] = [];
    let isRepeat = false;
    for (const entry of own) {
      if ('error' in entry) {
        refusal(entry.error);
        continue;
      }
      timestamps.push(entry.timestamp);
      offsets.push(entry.offset);
      isRepeat ||= entry.duplicate === true;
    }
    if (offsets.length === 0) return [];
    const [base] = offsets as [number];
    const follow = offsets.every((offset, at) => offset === (base < 0 ? base : base + at));
    if (offsets.length < own.length || !follow) {
      throw new Error(`of one append ${offsets.length} of ${own.length} are at ${offsets}`);
    }
    const some = indexes.map((index) => items[index] as Item);
    return [{ partition, items: some, base, timestamps, isRepeat }];
  });
}

type Sent = {
  readonly at: number;
  readonly floors: ReadonlyMap<ModelPartition, Bounds>;
  /** Those whose shares are kept. */
  readonly known: Set<ModelPartition>;
};

function keep(
  { tally }: Setting,
  { partition, items, base, timestamps, isRepeat }: Share,
  { at, floors, known }: Sent,
): void {
  if (isRepeat) tally.repeats++;
  if (base < 0 && known.has(partition)) return;
  if (base < 0) tally.placeless++;
  if (!known.has(partition)) {
    tally.appends++;
    tally.records += items.length;
  }
  known.add(partition);
  const written = items.map(({ content }, index) => {
    return { ...content, timestamp: timestamps[index] as number, sentAt: at, wasRead: false };
  });
  partition.acknowledge(base, written, floors.get(partition) as Bounds);
}

/** By the process that stored it, or by another. */
async function readBack(
  setting: Setting,
  dice: Dice,
  by: Engine,
  { partition, base, items }: Share,
): Promise<void> {
  if (base < 0) return;
  const engine = dice.odds(0.5) ? by : setting.drawEngine(dice);
  const from = base + dice.upTo(items.length - 1);
  const byRecord = dice.odds(0.5);
  await readFrom(setting, engine, partition, { from, maxBytes: 1, waitMillis: 0, byRecord });
}
