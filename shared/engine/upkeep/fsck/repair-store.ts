// What can be mended of what a check has found, and nothing else. Each is done by writes that are
// refused where the store is not as it was found; afterwards it is to be checked again.
//
// - Lost chunks are built again where that is certain (find-lost.ts).
// - Orphans go by the sweep, and by its protocol alone; and not while something is missing of the
//   index: they may be what is missing.
// - What ends below the log start, and what is left of deleted topics, is deleted.

import { assert } from '../../../assert.ts';
import { readChunk } from '../../../log/chunk.ts';
import { readHead } from '../../../log/head.ts';
import type { Write } from '../../../store/algebra.ts';
import { chunkItem, chunkKey, headKey, partitionPk } from '../../../store/items.ts';
import type { Call, Engine } from '../../engine.ts';
import { repeatable, repeatableWrite } from '../../retry.ts';
import { clearItems } from '../clear-items.ts';
import { clearTopics } from '../clear-topics.ts';
import { sweepObjects } from '../sweep-objects.ts';
import { type Finding, type FindingKind, isLoss, type Place, partitionAt } from './findings.ts';
import { judgeHead } from './judge-chunks.ts';
import { rebuildChunks } from './rebuild-chunks.ts';
import { StoredObjects } from './stored-objects.ts';
import { chunkFault, headFault } from './well-formed.ts';

export type Repair = {
  readonly finding: Finding;
  readonly isMended: boolean;
  /** What was done, or why nothing was. For people. */
  readonly detail: string;
};

type Outcome = Omit<Repair, 'finding'>;

/** @param findings of a check that has just ended.
 * @param options.graceMillis as the sweep's, and as the check's.
 * @returns one for each, in their order.
 * @throws EngineError THROTTLED, UNAVAILABLE, OUTCOME_UNKNOWN: some are mended; check again */
export async function repairStore(
  engine: Engine,
  call: Call,
  findings: readonly Finding[],
  options: { readonly graceMillis: number },
): Promise<readonly Repair[]> {
  const outcomes = new Map<Finding, Outcome>();
  const objects = new StoredObjects(engine, call);
  if (findings.some(({ kind }) => kind === 'missing-chunk')) await objects.list();
  for (const finding of findings) {
    outcomes.set(finding, await mend(engine, call, objects, finding));
  }
  await together(findings, outcomes, 'uncleared-topic', async () => {
    await clearTopics(engine, call, options);
    return mended('cleared away');
  });
  const isLost = findings.some((one) => isLostYet(one, outcomes.get(one)));
  await together(findings, outcomes, 'orphaned-object', async () => {
    if (isLost) return left('something of the index is missing, and this may be it');
    await sweepObjects(engine, call, options);
    return mended('swept');
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

/** One deed for all of a kind, if there are any. */
async function together(
  findings: readonly Finding[],
  outcomes: Map<Finding, Outcome>,
  kind: FindingKind,
  work: () => Promise<Outcome>,
): Promise<void> {
  const own = findings.filter((finding) => finding.kind === kind);
  if (own.length === 0) return;
  const outcome = await work();
  for (const finding of own) outcomes.set(finding, outcome);
}

async function mend(
  engine: Engine,
  call: Call,
  objects: StoredObjects,
  { kind, place }: Finding,
): Promise<Outcome> {
  switch (kind) {
    case 'missing-chunk':
      return rebuild(engine, call, objects, place);
    case 'stale-chunk':
      return deleteStale(engine, call, place);
    case 'dead-topic-items': {
      const items = await clearItems(engine, call, { pk: partitionPk(partitionAt(place)) });
      return mended(`${items} items deleted`);
    }
    default:
      return left(reasons[kind] ?? 'what was there cannot be known');
  }
}

/** Of what is not mended one by one, or not at all. */
const reasons: Partial<Record<FindingKind, string>> = {
  'missing-topic': 'its item is lost, or this is not the table of these objects',
  'missing-object': 'what is gone cannot be made again',
  'short-object': 'what is gone cannot be made again',
  'corrupt-batch': 'what is gone cannot be made again',
  'unreadable-footer': 'nobody knows who may name it',
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

/** If it is what it was found to be: a log start never falls, and below it nobody reads. */
async function deleteStale(engine: Engine, call: Call, place: Place): Promise<Outcome> {
  const id = partitionAt(place);
  const key = chunkKey(id, offsetsAt(place).from);
  const get = (one: typeof key) => call.table.get(one, { strong: true });
  const head = await repeatable(engine, call, () => get(headKey(id)));
  const item = await repeatable(engine, call, () => get(key));
  if (item === undefined) return mended('it is gone by now');
  if (head === undefined || headFault(head) !== undefined || chunkFault(item) !== undefined) {
    return left('it cannot be read any more');
  }
  const { endOffset, packed } = readChunk(item);
  const logStart = judgeHead(readHead(head), () => undefined) ?? 0;
  if (endOffset > logStart) return left('it is above the log start');
  const write: Write = { delete: key, if: { attribute: chunkItem.refs, is: '=', to: packed } };
  const { result } = await repeatableWrite(engine, call, write);
  const isGone = result.kind === 'done' || result.current === undefined;
  return isGone ? mended('deleted') : left('others changed it at the same time');
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
