// A function that writes down, for good, what it takes before it says so: what it has taken
// outlives the process that it runs in. Some records it never takes, and some deliveries fail the
// first time.
//
// The journal, a line for each record:
//
//     <partition>:<offset>:<value>;
//
// Each write begins a line, so that one that a kill has cut is told by its end, and alone.

import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import type { SelfManagedKafkaEvent } from 'aws-lambda';

/** Of the environment: the journal's path. */
export const journalVariable = 'SLUICE_TEST_JOURNAL';

export type Entry = { readonly partition: number; readonly offset: number; readonly value: string };

/** @param value a producer's name and a number. */
export function isPoison(value: string): boolean {
  return Number(value.split('/')[1]) % 40 === 7;
}

export function entriesIn(journal: string): readonly Entry[] {
  return [...journal.matchAll(/^(\d+):(\d+):(.*);$/gm)].map(([, partition, offset, value = '']) => {
    return { partition: Number(partition), offset: Number(offset), value };
  });
}

export async function handler({ records }: SelfManagedKafkaEvent) {
  const [[place, given = []] = ['']] = Object.entries(records);
  const entries = given.map(({ partition, offset, value }) => {
    return { partition, offset, value: Buffer.from(value, 'base64').toString() };
  });
  if (entries.some(({ value }) => isPoison(value))) throw new RangeError('poison');
  const [chance, middle] = [Math.random(), entries[entries.length >> 1] as Entry];
  // One alone would be given up for it.
  const mayFail = entries.length > 1;
  if (mayFail && chance < 0.05) throw new Error('before anything was taken');
  if (mayFail && chance < 0.1) {
    write(entries.slice(0, entries.length >> 1));
    const itemIdentifier = { partition: place, offset: middle.offset };
    return { batchItemFailures: [{ itemIdentifier }] };
  }
  write(entries);
  if (mayFail && chance < 0.15) throw new Error('after everything was taken');
  return { batchItemFailures: [] };
}

function write(entries: readonly Entry[]): void {
  const journal = openSync(String(process.env[journalVariable]), 'a');
  const lines = entries.map(({ partition, offset, value }) => `\n${partition}:${offset}:${value};`);
  writeSync(journal, lines.join(''));
  fsyncSync(journal);
  closeSync(journal);
}
