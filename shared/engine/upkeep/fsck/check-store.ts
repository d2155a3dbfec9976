// Whether index and objects say the same of a store: what is read of it is compared, and nothing is
// changed. Others may go on with it meanwhile.
//
// A quick look reads the index, the objects' list and their footers: a few kilobytes an object. A
// deep one reads all bytes too, and checks every CRC.

import { EngineError } from '../../../errors.ts';
import { partitionPk } from '../../../store/items.ts';
import type { Call, Engine } from '../../engine.ts';
import {
  type Amount,
  checkNames,
  checkUnnamed,
  checkUnreadable,
  findUnnamed,
  type Unnamed,
} from './check-objects.ts';
import { checkPartitions } from './check-partitions.ts';
import { checkTopics, readTopics } from './check-topics.ts';
import { type Finding, isLoss, partitionAt } from './findings.ts';
import { type Look, newLook } from './look.ts';

export type CheckOptions = {
  readonly depth: 'quick' | 'deep';
  /** Absent: all, and what is of no topic. */
  readonly topic?: string;
  /** As the sweep's: how long what nothing names may be on its way. */
  readonly graceMillis: number;
};

export type Report = {
  readonly findings: readonly Finding[];
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
  /** Of what nothing names (check-objects.ts). null: one topic was asked for, and nobody knows. */
  readonly waiting: Amount | null;
  readonly perhapsLost: Amount | null;
};

/** @throws EngineError UNKNOWN_TOPIC; THROTTLED, UNAVAILABLE: nothing can be said */
export async function checkStore(
  engine: Engine,
  call: Call,
  { depth, topic: asked, graceMillis }: CheckOptions,
): Promise<Report> {
  const look = newLook(engine, call, depth === 'deep');
  await look.objects.list();
  const lengths = [...look.objects.listed.values()];
  const { listed } = await readTopics(look);
  const isAsked = ({ name }: { readonly name: string }) => asked === undefined || name === asked;
  const live = [...listed.values()].filter((topic) => topic.state === 'live' && isAsked(topic));
  if (asked !== undefined && live.length === 0) {
    throw new EngineError('UNKNOWN_TOPIC', `topic ${asked} does not exist`, { field: 'topic' });
  }
  const partitions = await checkPartitions(look, live);
  const findings = partitions.flatMap((one) => one.findings);
  const rest = asked === undefined ? await checkRest(look, findings, graceMillis) : undefined;
  const unreadable = await checkUnreadable(look);
  return {
    findings: [...findings, ...(rest?.findings ?? []), ...unreadable],
    looked: {
      topics: live.length,
      partitions: partitions.length,
      chunks: partitions.reduce((sum, { chunks }) => sum + chunks, 0),
      refs: partitions.reduce((sum, { refs }) => sum + refs, 0),
      stored: { objects: lengths.length, bytes: lengths.reduce((sum, one) => sum + one, 0) },
      waiting: rest?.waiting ?? null,
      perhapsLost: rest?.perhapsLost ?? null,
    },
  };
}

/** What is of no partition that is there. Topics are read again: some may be younger. */
async function checkRest(
  look: Look,
  found: readonly Finding[],
  graceMillis: number,
): Promise<Unnamed> {
  const unnamed = await findUnnamed(look);
  const topics = await readTopics(look);
  const lossy = new Set(found.filter(isLoss).map(({ place }) => partitionPk(partitionAt(place))));
  const objects = await checkUnnamed(look, unnamed, { topics, lossy, graceMillis });
  const findings = await checkTopics(look, topics, graceMillis);
  return { ...objects, findings: [...findings, ...checkNames(look), ...objects.findings] };
}
