// Appending records with their marks, but for those that were brought before.

import { EngineError } from '../../errors.ts';
import type { Mark } from '../../ingest/source-record.ts';
import { conflictTriesMax, leasesInFlightMax } from '../../limits.ts';
import { markKey } from '../../store/trigger-items.ts';
import { commitTransaction, type JoiningWrite } from '../commit-transaction.ts';
import type { Call, Engine } from '../engine.ts';
import { hashOf } from '../fingerprint.ts';
import { identify } from '../identify.ts';
import { inRuns } from '../in-runs.ts';
import { noteAppends } from '../note-appends.ts';
import { bytesOf, passQuota } from '../producer-quota.ts';
import { type RecordToProduce, sharesByPartition } from '../records-by-partition.ts';
import { repeatable } from '../retry.ts';
import type { Topic } from '../topic-cache.ts';
import { type Marks, markName, markWrite, wasBrought, withMark } from './marks.ts';

export type ReadyRecord = {
  /** Which of the event's. */
  readonly index: number;
  readonly record: RecordToProduce & { readonly partition: number };
  readonly mark: Mark;
  /** Of its key and value. */
  readonly bytes: number;
};

/** Some of it was brought before, and which is to be looked for. */
class BroughtBefore extends EngineError {
  constructor() {
    super('UNAVAILABLE', 'some of it was stored before; try again');
  }
}

/** All or none of what was not brought before. @param run what one transaction takes.
 * @throws EngineError UNKNOWN_PARTITION, THROTTLED, UNAVAILABLE, OUTCOME_UNKNOWN: it may be brought
 *   again */
export async function appendMarked(
  engine: Engine,
  call: Call,
  topic: Topic,
  run: readonly ReadyRecord[],
): Promise<void> {
  let rest = onceEach(run);
  for (let tries = 1; rest.length > 0; tries++) {
    try {
      return await append(engine, call, topic, rest);
    } catch (error) {
      if (!(error instanceof BroughtBefore) || tries >= conflictTriesMax) throw error;
    }
    rest = await notBrought(engine, call, topic, rest);
  }
}

/** An event may hold the same record twice. */
function onceEach(run: readonly ReadyRecord[]): readonly ReadyRecord[] {
  const seen = new Set<string>();
  return run.filter(({ mark }) => {
    const name = mark.kind === 'event' ? markName(mark) : `${markName(mark)}/${mark.sequence}`;
    return !seen.has(name) && seen.add(name);
  });
}

async function append(
  engine: Engine,
  call: Call,
  topic: Topic,
  run: readonly ReadyRecord[],
): Promise<void> {
  const now = engine.clock.now();
  const records = run.map(({ record }) => record);
  await passQuota(engine, call, topic, bytesOf(records));
  const plan = await identify(engine, call, topic, { identity: undefined, fingerprint: () => '' });
  const own = sharesByPartition(topic, { records, indexes: [...records.keys()] }, plan);
  const shares = own.map((share) => ({ ...share, partitions: topic.partitions }));
  const marks = run.reduce<Marks>((all, { mark }) => withMark(all, mark), new Map());
  const joining = [...marks].map(
    ([name, mark]): JoiningWrite => ({
      write: markWrite(topic.id, name, mark, now),
      refused: () => new BroughtBefore(),
    }),
  );
  // Drawn: another try of the same is told by the marks, not by this.
  const hash = hashOf(`ingest/${Buffer.from(engine.chance.bytes(16)).toString('base64url')}`);
  const outcomes = await commitTransaction(engine, call, {
    hash,
    fingerprint: hash,
    shares,
    joining: async () => joining,
  });
  noteAppends(call.tally, shares, outcomes);
}

async function notBrought(
  engine: Engine,
  call: Call,
  { id }: Topic,
  run: readonly ReadyRecord[],
): Promise<readonly ReadyRecord[]> {
  const now = engine.clock.now();
  const names = [...new Set(run.map(({ mark }) => markName(mark)))];
  const items = await inRuns(names, leasesInFlightMax, (name) =>
    repeatable(engine, call, () => call.table.get(markKey(id, name), { strong: true })),
  );
  const stored = new Map(names.map((name, at) => [name, items[at]]));
  return run.filter(({ mark }) => !wasBrought(mark, stored.get(markName(mark)), now));
}
