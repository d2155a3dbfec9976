// What can be mended of what a check has found, and nothing else. Each is done by writes that are
// refused where the store is not as it was found; afterwards it is to be checked again.
//
// - Lost chunks are built again where that is certain (find-lost.ts).
// - Orphans go by the sweep, and by its protocol alone; and not while something is missing of the
//   index: they may be what is missing. What only waits for a sweep goes with them.
// - What ends below the log start, and what is left of deleted topics, is deleted; and objects that
//   never got their bytes, where nobody else is at work (delete-torn.ts).

import { assert } from '../../../assert.ts';
import type { PartitionId } from '../../../ids.ts';
import { doomedItem, partitionPk } from '../../../store/items.ts';
import type { Call, Engine } from '../../engine.ts';
import { clearItems } from '../clear-items.ts';
import { clearTopics } from '../clear-topics.ts';
import { retainPartition } from '../retain-partition.ts';
import { sweepObjects } from '../sweep-objects.ts';
import type { Report } from './check-store.ts';
import { readTopics } from './check-topics.ts';
import { deleteTorn } from './delete-torn.ts';
import { type Finding, type FindingKind, isLoss, type Place, partitionAt } from './findings.ts';
import { rebuildChunks } from './rebuild-chunks.ts';
import { StoredObjects } from './stored-objects.ts';

export type Repair = {
  readonly finding: Finding;
  readonly isMended: boolean;
  /** What was done, or why nothing was. For people. */
  readonly detail: string;
};

type Outcome = Omit<Repair, 'finding'>;

/** @param report of a check that has just ended.
 * @param options.graceMillis as the sweep's.
 * @param options.isAlone whether no other process uses these stores. @default false
 * @returns one for each finding, in their order.
 * @throws EngineError THROTTLED, UNAVAILABLE, OUTCOME_UNKNOWN: some are mended; check again */
export async function repairStore(
  engine: Engine,
  call: Call,
  { findings, stale }: Pick<Report, 'findings' | 'stale'>,
  options: { readonly graceMillis: number; readonly isAlone?: boolean },
): Promise<readonly Repair[]> {
  const outcomes = new Map<Finding, Outcome>();
  const objects = new StoredObjects(engine, call);
  if (findings.some(({ kind }) => kind === 'missing-chunk')) await objects.list();
  for (const finding of findings) {
    const { kind, place } = finding;
    if (isTogether(kind)) continue;
    outcomes.set(finding, await mend(engine, call, objects, { kind, place }));
  }
  await deleteStale(engine, call, stale, findings);
  await together(findings, outcomes, 'uncleared-topic', async () => {
    await clearTopics(engine, call, options);
    const { doomed } = await readTopics({ engine, call });
    return ({ topicId }) => {
      const item = topicId === null ? undefined : doomed.get(topicId);
      const isCleared = item !== undefined && doomedItem.cleared in item;
      return isCleared ? mended('cleared away') : left('it is not cleared away yet');
    };
  });
  const isLost = findings.some((one) => isLostYet(one, outcomes.get(one)));
  await together(findings, outcomes, 'unreadable-footer', async () => {
    if (options.isAlone !== true || isLost) return () => left('nobody knows who may name it');
    await objects.list();
    await deleteTorn(engine, call, objects, options);
    return ({ key }) => {
      const isThere = objects.listed.has(key ?? '');
      return isThere ? left('something may name it, or be read of it') : mended('deleted');
    };
  });
  await together(findings, outcomes, 'orphaned-object', async () => {
    if (isLost) return () => left('something of the index is missing, and this may be it');
    await sweepObjects(engine, call, options);
    await objects.list();
    return ({ key }) => {
      return objects.listed.has(key ?? '') ? left('the sweep has left it') : mended('swept');
    };
  });
  return findings.map((finding) => {
    const outcome = outcomes.get(finding);
    assert(outcome !== undefined, 'every finding has its outcome');
    return { finding, ...outcome };
  });
}

function isLostYet(finding: Finding, outcome: Outcome | undefined): boolean {
  return (isLoss(finding) || finding.kind === 'missing-topic') && outcome?.isMended !== true;
}

const togetherKinds = ['uncleared-topic', 'unreadable-footer', 'orphaned-object'] as const;

type TogetherKind = (typeof togetherKinds)[number];

function isTogether(kind: FindingKind): kind is TogetherKind {
  return togetherKinds.some((one) => one === kind);
}

/** One deed for all of a kind, if there are any.
 * @param work returns what became of each, as it is afterwards. */
async function together(
  findings: readonly Finding[],
  outcomes: Map<Finding, Outcome>,
  kind: TogetherKind,
  work: () => Promise<(place: Place) => Outcome>,
): Promise<void> {
  const own = findings.filter((finding) => finding.kind === kind);
  if (own.length === 0) return;
  const outcomeAt = await work();
  for (const finding of own) outcomes.set(finding, outcomeAt(finding.place));
}

type SingleKind = Exclude<FindingKind, TogetherKind>;

async function mend(
  engine: Engine,
  call: Call,
  objects: StoredObjects,
  { kind, place }: { readonly kind: SingleKind; readonly place: Place },
): Promise<Outcome> {
  switch (kind) {
    case 'missing-chunk':
      return rebuild(engine, call, objects, place);
    case 'dead-topic-items': {
      const items = await clearItems(engine, call, { pk: partitionPk(partitionAt(place)) });
      return mended(`${items} items deleted`);
    }
    default:
      return left(reasons[kind]);
  }
}

const unknown = 'what was there cannot be known';
const gone = 'what is gone cannot be made again';

/** Of what is not mended. */
const reasons: Readonly<Record<Exclude<SingleKind, 'missing-chunk' | 'dead-topic-items'>, string>> =
  {
    'malformed-item': unknown,
    'missing-topic': 'its item is lost, or this is not the table of these objects',
    'missing-head': unknown,
    'wrong-head': unknown,
    'overlapping-chunks': unknown,
    'diverging-chunk': unknown,
    'missing-object': gone,
    'short-object': gone,
    'footer-mismatch': unknown,
    'corrupt-batch': gone,
    'wrong-count': unknown,
    'wrong-time': unknown,
    'wrong-rewrites': 'records are as they should be; merges go on from there',
    'unfinished-topic': 'whoever makes a topic of that name clears it away',
  };

async function rebuild(
  engine: Engine,
  call: Call,
  objects: StoredObjects,
  place: Place,
): Promise<Outcome> {
  const id = partitionAt(place);
  const rebuilt = await rebuildChunks(engine, call, objects, { id, ...offsetsAt(place) });
  return rebuilt.kind === 'left'
    ? left(rebuilt.why)
    : mended(`${rebuilt.chunks} chunks built again`);
}

/** As retention does it: a log start never falls, and below it nobody reads. Where something of the
 * index cannot be read, or is missing, it stays as it is. */
async function deleteStale(
  engine: Engine,
  call: Call,
  stale: readonly PartitionId[],
  findings: readonly Finding[],
): Promise<void> {
  const lossy = findings.filter((one) => isLoss(one) && one.place.partition !== null);
  const pks = new Set(lossy.map(({ place }) => partitionPk(partitionAt(place))));
  for (const id of stale) {
    if (pks.has(partitionPk(id))) continue;
    await retainPartition(engine, call, id, { millis: undefined, bytes: undefined });
  }
}

function offsetsAt({ from, to }: Place) {
  assert(from !== null && to !== null, 'it is of offsets');
  return { from, to };
}

function mended(detail: string): Outcome {
  return { isMended: true, detail };
}

function left(detail: string): Outcome {
  return { isMended: false, detail };
}
