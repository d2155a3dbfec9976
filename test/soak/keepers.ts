// Housekeepers: whatever is done to a partition, at any time, by several at once, and often cut off
// in the middle.

import { deleteRecords, logEnd } from '../../shared/engine/delete-records.ts';
import type { Call, Engine } from '../../shared/engine/engine.ts';
import { compactPartition } from '../../shared/engine/upkeep/compact-partition.ts';
import { mergePartition } from '../../shared/engine/upkeep/merge-partition.ts';
import { retainPartition } from '../../shared/engine/upkeep/retain-partition.ts';
import { sweepObjects } from '../../shared/engine/upkeep/sweep-objects.ts';
import { upkeepPartitions } from '../../shared/engine/upkeep/upkeep-partitions.ts';
import { EngineError } from '../../shared/errors.ts';
import { housekeepingMillisMax } from '../../shared/housekeeping-limits.ts';
import type { Compression } from '../../shared/record/codec.ts';
import type { Dice } from './dice.ts';
import type { ModelPartition } from './model.ts';
import { boundsOf } from './reading.ts';
import { callOf, during, pause, refusal, type Setting } from './setting.ts';
import { topicSettings } from './topics.ts';

const pauseMillisMax = 60;
/** Of what is cut off. */
const shortMillisMax = 60;

type Work = {
  readonly setting: Setting;
  readonly dice: Dice;
  readonly engine: Engine;
  readonly call: Call;
  readonly partition: ModelPartition;
};

const acts = {
  async merge({ setting: { tally }, engine, call, partition }: Work) {
    const compression = compressionOf(partition);
    const { objects, chunks } = await mergePartition(engine, call, partition.id, compression);
    tally.merges += objects;
    tally.chunksMerged += chunks;
  },

  async compact({ setting: { tally }, dice, engine, call, partition }: Work) {
    const { isCompacted, lagMillis, deleteRetentionMillis } = partition.policy;
    if (!isCompacted) return;
    const { passes, objects, records } = await compactPartition(engine, call, partition.id, {
      lagMillisMin: lagMillis,
      deleteRetentionMillis,
      dirtyRatioMin: dice.pick([0, 0.3]),
      compression: compressionOf(partition),
      ...(dice.odds(0.3) && { keysMax: 5 + dice.upTo(40) }),
      ...(dice.odds(0.3) && { chunksMax: 1 + dice.upTo(8) }),
    });
    tally.passes += passes;
    tally.compactions += objects;
    tally.recordsLeftOut += records;
  },

  async retain({ setting: { tally }, engine, call, partition }: Work) {
    const { retentionMillis: millis, retentionBytes: bytes } = partition.policy;
    const before = await boundsOf(engine, partition);
    const { logStart } = await retainPartition(engine, call, partition.id, { millis, bytes });
    const after = await boundsOf(engine, partition);
    if (logStart === undefined || logStart > after.logStart) {
      throw new Error(`retention says that the log starts at ${logStart}`);
    }
    if (logStart > before.logStart) tally.retentions++;
  },

  async 'look after'({ setting: { tally }, dice, engine, call, partition: { id } }: Work) {
    await upkeepPartitions(engine, call, [{ id, byClock: dice.odds(0.5) }]);
    tally.lookedAfter++;
  },

  /** A few of the oldest; rarely all that there are. */
  async 'delete records'({ setting: { tally }, dice, engine, call, partition }: Work) {
    const { topic, id, policy } = partition;
    const { logStart, highWatermark } = partition.bounds.floor;
    const isAll = dice.odds(0.02);
    const some = logStart + dice.mostlySmall(Math.floor((highWatermark - logStart) / 4));
    const before = isAll ? logEnd : some;
    const request = { topic, partition: id.partition, before };
    if (!policy.mayBeDeleted) return refusedByPolicy(deleteRecords(engine, call, request));
    const asked = partition.bounds.deleting(isAll ? undefined : some);
    try {
      const bounds = await deleteRecords(engine, call, request);
      if (bounds.logStart < before) throw new Error(`${bounds.logStart} is below ${before}`);
      tally.deletions++;
    } finally {
      asked((await boundsOf(engine, partition)).logStart);
    }
  },
} as const;

const weights = {
  merge: 4,
  compact: 4,
  retain: 3,
  'look after': 1,
  'delete records': 1,
} as const satisfies Record<keyof typeof acts, number>;

const drawn = (Object.keys(weights) as (keyof typeof weights)[]).flatMap((act) =>
  Array.from({ length: weights[act] }, () => act),
);

/** One act. */
export function keeperOf(setting: Setting) {
  return (dice: Dice) => {
    const name = dice.pick(drawn);
    const partition = dice.pick(setting.partitions);
    return keep(setting, dice, (engine, call) =>
      acts[name]({ setting, dice, engine, call, partition })
        .catch(refusal)
        .catch(during(`${name} ${partition.name}`)),
    );
  };
}

/** One sweep. It takes as long as many other acts, and so is somebody's only one. */
export function sweeperOf(setting: Setting) {
  const { tally } = setting;
  return (dice: Dice) =>
    keep(setting, dice, async (engine, call) => {
      const graceMillis = dice.pick([0, 0, 20, 500]);
      const swept = await sweepObjects(engine, call, { graceMillis }).catch(refusal);
      if (swept === 'refused') return swept;
      if (swept.left > 0) throw new Error(`${swept.left} objects are left, since some are damaged`);
      tally.sweeps++;
      tally.objectsDeleted += swept.deleted;
      return undefined;
    });
}

async function keep(
  setting: Setting,
  dice: Dice,
  act: (engine: Engine, call: Call) => Promise<unknown>,
): Promise<void> {
  const { tally } = setting;
  const engine = setting.drawEngine(dice);
  const isShort = dice.odds(0.3);
  const call = callOf(engine, isShort ? 1 + dice.upTo(shortMillisMax) : housekeepingMillisMax);
  const outcome = await act(engine, call);
  if (outcome === 'refused') tally[isShort ? 'cutOff' : 'refusedUpkeep']++;
  await engine.background.idle();
  await pause(dice, pauseMillisMax);
}

/** @throws Error unless it is. */
async function refusedByPolicy(deletion: Promise<unknown>): Promise<void> {
  const answer = await deletion.catch((error: unknown) => error);
  if (answer instanceof EngineError && answer.code === 'POLICY_VIOLATION') return;
  throw answer instanceof Error ? answer : new Error('records of a compacted topic were deleted');
}

function compressionOf({ topic }: ModelPartition): Compression {
  const chosen = topicSettings[topic]?.['compression.type'];
  if (chosen === 'uncompressed') return 'none';
  return chosen === 'gzip' ? 'gzip' : 'zstd';
}
