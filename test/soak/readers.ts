// Readers: each begins somewhere in some partition and reads on for a while, in steps of any size,
// fast or so slowly that the log is rewritten under him. Some are processes that have kept what
// they read for long, and some are others each time.

import type { Engine } from '../../shared/engine/engine.ts';
import { hostClock } from '../../shared/engine/host-environment.ts';
import type { Dice } from './dice.ts';
import { HeldKeys } from './held-keys.ts';
import type { ModelPartition } from './model.ts';
import { boundsOf, findTime, readFrom } from './reading.ts';
import { pause, type Setting } from './setting.ts';

const stepsMax = 40;
const bytesAtOnce = [1, 500, 5_000, 50_000, 1_000_000];
/** Times are looked for up to so long ago. */
const ageMillisMax = 20_000;
const refusalsMax = 100;

/** One reading. @param kept the process that reads; undefined: another one each time. */
export function readerOf(setting: Setting, kept: Engine | undefined) {
  return async (dice: Dice): Promise<void> => {
    const engine = kept ?? setting.drawEngine(dice);
    const partition = dice.pick(setting.partitions);
    const from = await begin(setting, engine, partition, dice);
    if (from !== undefined) await readOn(setting, engine, partition, { dice, from });
  };
}

async function begin(
  setting: Setting,
  engine: Engine,
  partition: ModelPartition,
  dice: Dice,
): Promise<number | undefined> {
  const { logStart, highWatermark } = await boundsOf(engine, partition);
  const length = highWatermark - logStart;
  switch (dice.pick(['start', 'end', 'time', 'anywhere', 'anywhere', 'anywhere'])) {
    case 'start':
      return logStart;
    case 'end':
      return highWatermark - dice.mostlySmall(Math.min(length, 200));
    case 'time':
      return findTime(setting, engine, partition, hostClock.now() - dice.upTo(ageMillisMax));
    default:
      return logStart + dice.upTo(length);
  }
}

async function readOn(
  setting: Setting,
  engine: Engine,
  partition: ModelPartition,
  { dice, from }: { readonly dice: Dice; readonly from: number },
): Promise<void> {
  const { tally, complain } = setting;
  const steps = 1 + dice.upTo(stepsMax - 1);
  const isSlow = dice.odds(0.2);
  const byRecord = dice.odds(0.3);
  const maxBytes = dice.pick(bytesAtOnce);
  let held = new HeldKeys(partition);
  let position = from;
  let refusals = 0;
  for (let step = 0; step < steps && !setting.isOver; step++) {
    const asked = hostClock.now();
    const waitMillis = dice.odds(0.1) ? 50 : 0;
    const wanted = { from: position, maxBytes, waitMillis, byRecord };
    const answer = await readFrom(setting, engine, partition, wanted);
    if (answer.kind === 'refused') {
      refusals++;
      if (refusals >= refusalsMax) throw new Error(`refused ${refusals} times`);
      continue;
    }
    refusals = 0;
    if (answer.kind === 'below') {
      position = answer.logStart;
      held = new HeldKeys(partition);
      continue;
    }
    held.see(answer.records, asked);
    const { gone, faults } = held.pass(answer.gaps, hostClock.now());
    tally.tombstonesGone += gone;
    for (const fault of faults) complain(`${partition.name}: ${fault}`);
    position = answer.nextOffset;
    if (answer.isAtEnd && dice.odds(0.5)) return;
    await pause(dice, isSlow ? 300 : 5);
  }
}
