// What fsck says is whole however much it is.

import { expect, test } from 'vitest';
import { type Checked, documentOf, exitCodeOf, inPieces, linesOf } from '../../local/fsck-text.ts';
import { type Finding, findingOf } from '../../shared/engine/upkeep/fsck/findings.ts';

function checked(findings: readonly Finding[], repairs?: Checked['repairs']): Checked {
  const nothing = { objects: 0, bytes: 0 };
  const looked = {
    ...{ topics: 1, partitions: 1, chunks: 1, refs: 1, stored: nothing, staleChunks: 2 },
    ...{ waiting: { topics: 0, objects: 5, bytes: 9 }, perhapsLost: nothing },
  };
  const report = { findings, stale: [], looked };
  return { place: 'here', depth: 'quick', report, repairs };
}

const orphan = findingOf('orphaned-object', { key: 'segments/00/a' }, 'nothing names it');
const lost = findingOf('missing-object', { key: 'segments/00/b', from: 1, to: 3 }, 'it is gone');

const parsed = (what: Checked) => JSON.parse([...documentOf(what)].join('\n'));

test('a document of nothing, of one, and of more, with a line a finding', () => {
  for (const findings of [[], [orphan], [orphan, lost, orphan]]) {
    const document = parsed(checked(findings));
    expect(document).toMatchObject({ version: 1, place: 'here', depth: 'quick', repairs: null });
    const kinds = document.findings.map(({ kind }: Finding) => kind);
    expect(kinds).toEqual(findings.map(({ kind }) => kind));
  }
  const repairs = [{ finding: lost, isMended: false, detail: 'no' }];
  expect(parsed(checked([lost], repairs)).repairs).toEqual([
    {
      finding: { kind: 'missing-object', severity: 'damage', ...lost.place, detail: 'it is gone' },
      mended: false,
      detail: 'no',
    },
  ]);
  expect(parsed(checked([lost], [])).repairs).toEqual([]);
  const lines = [...documentOf(checked([orphan, lost]))];
  expect(lines.filter((line) => line.includes('"kind"')).length).toBe(2);
});

test('more than a string can hold', () => {
  const many = checked(Array.from({ length: 2_500_000 }, () => orphan));
  for (const linesIn of [documentOf, linesOf]) {
    let length = 0;
    let longest = 0;
    for (const line of linesIn(many)) {
      length += line.length;
      longest = Math.max(longest, line.length);
    }
    expect(longest).toBeLessThan(1_000);
    expect(length).toBeGreaterThan(100_000_000);
  }
});

test('pieces are all of it, and each of many lines', () => {
  const many = checked(Array.from({ length: 2_000 }, () => orphan));
  const pieces = [...inPieces(documentOf(many))];
  expect(pieces.join('')).toBe([...documentOf(many), ''].join('\n'));
  expect(pieces.length).toBeGreaterThan(2);
  expect(pieces.length).toBeLessThan(20);
});

test('what waits for housekeeping is said, and is nothing wrong', () => {
  const waiting = checked([]);
  expect([...linesOf(waiting)]).toContain(
    'waiting for housekeeping: 5 objects that nothing names, 2 chunks below a log start',
  );
  expect(exitCodeOf(waiting.report)).toBe(0);
  expect(exitCodeOf(checked([orphan]).report)).toBe(1);
  expect(exitCodeOf(checked([orphan, lost]).report)).toBe(2);
});
