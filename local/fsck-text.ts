// What `npm run fsck` says: lines for people, a document for programs.

import type { Report } from '../shared/engine/upkeep/fsck/check-store.ts';
import type { Finding } from '../shared/engine/upkeep/fsck/findings.ts';
import type { Repair } from '../shared/engine/upkeep/fsck/repair-store.ts';

export type Checked = {
  /** Where the store is, for people. */
  readonly place: string;
  readonly depth: 'quick' | 'deep';
  /** As it is in the end. */
  readonly report: Report;
  /** What was done about what a first look has found; undefined: nobody asked for it. */
  readonly repairs: readonly Repair[] | undefined;
};

/** What a check ends with. */
export const exitCodes = {
  healthy: 0,
  leftovers: 1,
  damage: 2,
  /** Nothing can be said. */
  failed: 3,
} as const;

export function exitCodeOf({ findings }: Report): number {
  if (findings.some(({ severity }) => severity === 'damage')) return exitCodes.damage;
  return findings.length > 0 ? exitCodes.leftovers : exitCodes.healthy;
}

/** In characters. */
const pieceLength = 64 * 1024;

/** Raised when what programs rely on changes. */
const documentVersion = 1;

/** One JSON document:
 *
 *     { version, place, depth: "quick" | "deep",
 *       looked:   { topics, partitions, chunks, refs, stored: amount, staleChunks,
 *                   waiting: amount and { topics } | null, perhapsLost: amount | null },
 *       findings: [ finding ],                    what there is, after repairs
 *       repairs:  [ { finding, mended: boolean, detail } ] | null }
 *
 *     amount  = { objects, bytes }
 *     finding = { kind, severity: "damage" | "leftover",
 *                 topic, topicId, partition, from, to, key, detail }
 *
 * shared/engine/upkeep/fsck/findings.ts has the kinds, and what is said with each: the others of
 * topic to key are null. A detail is for people.
 * @returns its lines, one a finding: together they may be more than a string can hold. */
export function* documentOf({ place, depth, report, repairs }: Checked): Generator<string> {
  const { findings, looked } = report;
  const start = JSON.stringify({ version: documentVersion, place, depth, looked }, undefined, 2);
  yield `${start.slice(0, start.lastIndexOf('\n'))},`;
  yield '  "findings": [';
  yield* elementsOf(findings, flatten);
  yield '  ],';
  if (repairs === undefined) {
    yield '  "repairs": null';
  } else {
    yield '  "repairs": [';
    yield* elementsOf(repairs, ({ finding, isMended, detail }) => {
      return { finding: flatten(finding), mended: isMended, detail };
    });
    yield '  ]';
  }
  yield '}';
}

function* elementsOf<Of>(things: readonly Of[], shown: (thing: Of) => object): Generator<string> {
  for (const [index, thing] of things.entries()) {
    const comma = index + 1 < things.length ? ',' : '';
    yield `    ${JSON.stringify(shown(thing))}${comma}`;
  }
}

function flatten({ kind, severity, place, detail }: Finding) {
  return { kind, severity, ...place, detail };
}

/** A line a finding, what was done, and a summary. */
export function* linesOf({ place, depth, report, repairs = [] }: Checked): Generator<string> {
  for (const { finding, isMended, detail } of repairs) {
    yield `${isMended ? 'mended' : 'left'.padEnd(6)}  ${nameOf(finding)}: ${detail}`;
  }
  for (const finding of report.findings) {
    yield `${finding.severity.padEnd(8)}  ${nameOf(finding)}: ${finding.detail}`;
  }
  yield* summaryOf(place, depth, report);
}

function nameOf({ kind, place }: Finding): string {
  const { topic, topicId, partition, from, to, key } = place;
  const name = topic ?? topicId;
  const at = partition === null ? name : `${name}-${partition}`;
  const offsets = from === null ? null : `offsets ${from} to ${(to ?? 0) - 1}`;
  return [kind, at, offsets, key].filter((part) => part !== null).join(' ');
}

function* summaryOf(
  place: string,
  depth: Checked['depth'],
  { findings, looked }: Report,
): Generator<string> {
  const { topics, partitions, chunks, refs, stored, staleChunks, waiting, perhapsLost } = looked;
  const bytes = depth === 'deep' ? 'with all bytes' : 'without their bytes';
  const damages = findings.filter(({ severity }) => severity === 'damage').length;
  const index = `${topics} topics, ${partitions} partitions, ${chunks} chunks, ${refs} refs`;
  yield `${place}: ${index} and ${stored.objects} objects, looked at ${bytes}`;
  const awaited = [
    `${waiting?.objects ?? 0} objects that nothing names`,
    `${staleChunks} chunks below a log start`,
    `${waiting?.topics ?? 0} deleted topics`,
  ].filter((amount) => !amount.startsWith('0 '));
  if (awaited.length > 0) yield `waiting for housekeeping: ${awaited.join(', ')}`;
  if (perhapsLost !== null && perhapsLost.objects > 0) {
    yield `${perhapsLost.objects} objects that nothing names may be what the index has lost`;
  }
  yield `damage: ${damages}, leftovers: ${findings.length - damages}`;
}

/** As text, and not a write for each line, which would take its time. */
export function* inPieces(lines: Iterable<string>): Generator<string> {
  let piece = '';
  for (const line of lines) {
    piece += `${line}\n`;
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}
