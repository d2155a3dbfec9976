// Whether index and objects say the same of a store: what is read of it is compared, and nothing is
// changed. Others may go on with it meanwhile.
//
// A quick look reads the index, the objects' list and their footers: a few kilobytes an object. A
// deep one reads all bytes too, and checks every CRC.

import { EngineError } from '../../../errors.ts';
import { collectIntervalMillis, sweepGraceMillis } from '../../../housekeeping-limits.ts';
import type { PartitionId } from '../../../ids.ts';
import { partitionPk } from '../../../store/items.ts';
import type { Call, Engine } from '../../engine.ts';
import {
  type Amount,
  checkNames,
  checkUnnamed,
  checkUnreadable,
  findUnnamed,
} from './check-objects.ts';
import { checkPartitions } from './check-partitions.ts';
import { type CheckRun, newCheckRun } from './check-run.ts';
import { checkTopics, readTopics } from './check-topics.ts';
import { type Finding, isLoss, partitionAt } from './findings.ts';
import type { PartitionLook } from './look-at-partition.ts';

export type CheckOptions = {
  readonly depth: 'quick' | 'deep';
  /** Absent: all, and what is of no topic. */
  readonly topic?: string;
  /** How long what nothing names, or is left of a deleted topic, may wait for housekeeping, and is
   * no finding. @default housekeepingWaitMillis */
  readonly graceMillis?: number;
};

/** What one collection has passed over as too young the next takes, or the one after that, should
 * it fail. */
export const housekeepingWaitMillis = sweepGraceMillis + 2 * collectIntervalMillis;

export type Report = {
  readonly findings: readonly Finding[];
  /** Partitions with chunks below their log start. */
  readonly stale: readonly PartitionId[];
  readonly looked: Looked;
};

/** What there was to look at. */
export type Looked = {
  readonly topics: number;
  readonly partitions: number;
  readonly chunks: number;
  readonly refs: number;
  /** All that are there, whatever names them. */
  readonly stored: Amount;
  /** What housekeeping clears away when it comes: chunks below a log start; and deleted topics, and
   * of objects what nothing names (check-objects.ts). null: one topic was asked for, and nobody
   * knows. */
  readonly staleChunks: number;
  readonly waiting: (Amount & { readonly topics: number }) | null;
  readonly perhapsLost: Amount | null;
};

/** @throws EngineError UNKNOWN_TOPIC; THROTTLED, UNAVAILABLE: nothing can be said */
export async function checkStore(
  engine: Engine,
  call: Call,
  { depth, topic: asked, graceMillis = housekeepingWaitMillis }: CheckOptions,
): Promise<Report> {
  const run = newCheckRun(engine, call, depth === 'deep');
  await run.objects.list();
  const lengths = [...run.objects.listed.values()];
  const { listed } = await readTopics(run);
  const isAsked = ({ name }: { readonly name: string }) => asked === undefined || name === asked;
  const live = [...listed.values()].filter((topic) => topic.state === 'live' && isAsked(topic));
  if (asked !== undefined && live.length === 0) {
    throw new EngineError('UNKNOWN_TOPIC', `topic ${asked} does not exist`, { field: 'topic' });
  }
  const partitions = await checkPartitions(run, live);
  const findings = partitions.flatMap((one) => one.findings);
  const before = engine.clock.now() - graceMillis;
  const rest = asked === undefined ? await checkRest(run, findings, before) : undefined;
  const unreadable = await checkUnreadable(run);
  const sumOf = (count: (one: PartitionLook) => number) =>
    partitions.reduce((sum, one) => sum + count(one), 0);
  return {
    findings: [...findings, ...(rest?.findings ?? []), ...unreadable],
    stale: partitions.filter(({ staleChunks }) => staleChunks > 0).map(({ at }) => at),
    looked: {
      topics: live.length,
      partitions: partitions.length,
      chunks: sumOf(({ chunks }) => chunks),
      refs: sumOf(({ refs }) => refs),
      stored: { objects: lengths.length, bytes: lengths.reduce((sum, one) => sum + one, 0) },
      staleChunks: sumOf(({ staleChunks }) => staleChunks),
      waiting: rest?.waiting ?? null,
      perhapsLost: rest?.perhapsLost ?? null,
    },
  };
}

type Rest = Pick<Report, 'findings'> & {
  readonly [amount in 'waiting' | 'perhapsLost']: NonNullable<Looked[amount]>;
};

/** What is of no partition that is there. Topics are read again: some may be younger. */
async function checkRest(run: CheckRun, found: readonly Finding[], before: number): Promise<Rest> {
  const unnamed = await findUnnamed(run);
  const topics = await readTopics(run);
  const lossy = new Set(found.filter(isLoss).map(({ place }) => partitionPk(partitionAt(place))));
  const { perhapsLost, ...objects } = await checkUnnamed(run, unnamed, { topics, lossy, before });
  const ofTopics = await checkTopics(run, topics, before);
  return {
    findings: [...ofTopics.findings, ...checkNames(run), ...objects.findings],
    waiting: { topics: ofTopics.waiting, ...objects.waiting },
    perhapsLost,
  };
}
