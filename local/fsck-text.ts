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

/** Raised when what programs rely on changes. */
const documentVersion = 1;

/** One JSON document:
 *
 *     { version, place, depth: "quick" | "deep",
 *       looked:   { topics, partitions, chunks, refs, stored: amount,
 *                   waiting: amount | null, perhapsLost: amount | null },
 *       findings: [ finding ],                    what there is, after repairs
 *       repairs:  [ { finding, mended: boolean, detail } ] | null }
 *
 *     amount  = { objects, bytes }
 *     finding = { kind, severity: "damage" | "leftover",
 *                 topic, topicId, partition, from, to, key, detail }
 *
 * shared/engine/upkeep/fsck/findings.ts has the kinds, and what is said with each: the others of
 * topic to key are null. A detail is for people. */
export function documentOf({ place, depth, report, repairs }: Checked): string {
  const document = {
    version: documentVersion,
    place,
    depth,
    looked: report.looked,
    findings: report.findings.map(flatten),
    repairs:
      repairs?.map(({ finding, isMended, detail }) => {
        return { finding: flatten(finding), mended: isMended, detail };
      }) ?? null,
  };
  return JSON.stringify(document, undefined, 2);
}

function flatten({ kind, severity, place, detail }: Finding) {
  return { kind, severity, ...place, detail };
}

/** A line a finding, what was done, and a summary. */
export function linesOf({ place, depth, report, repairs = [] }: Checked): string {
  const mending = repairs.map(({ finding, isMended, detail }) => {
    return `${isMended ? 'mended' : 'left'.padEnd(6)}  ${nameOf(finding)}: ${detail}`;
  });
  const findings = report.findings.map((finding) => {
    return `${finding.severity.padEnd(8)}  ${nameOf(finding)}: ${finding.detail}`;
  });
  return [...mending, ...findings, ...summaryOf(place, depth, report)].join('\n');
}

function nameOf({ kind, place }: Finding): string {
  const { topic, topicId, partition, from, to, key } = place;
  const name = topic ?? topicId;
  const at = partition === null ? name : `${name}-${partition}`;
  const offsets = from === null ? null : `offsets ${from} to ${(to ?? 0) - 1}`;
  return [kind, at, offsets, key].filter((part) => part !== null).join(' ');
}

function summaryOf(place: string, depth: Checked['depth'], { findings, looked }: Report): string[] {
  const { topics, partitions, chunks, refs, stored, waiting, perhapsLost } = looked;
  const bytes = depth === 'deep' ? 'with all bytes' : 'without their bytes';
  const damages = findings.filter(({ severity }) => severity === 'damage').length;
  const index = `${topics} topics, ${partitions} partitions, ${chunks} chunks, ${refs} refs`;
  const lines = [`${place}: ${index} and ${stored.objects} objects, looked at ${bytes}`];
  if (waiting !== null && waiting.objects > 0) {
    lines.push(`${waiting.objects} objects that nothing names may be on their way`);
  }
  if (perhapsLost !== null && perhapsLost.objects > 0) {
    lines.push(`${perhapsLost.objects} objects that nothing names may be what the index has lost`);
  }
  lines.push(`damage: ${damages}, leftovers: ${findings.length - damages}`);
  return lines;
}
