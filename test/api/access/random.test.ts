// Whatever the ACLs are, each request is refused if a naive reading of them does not allow all that
// its row lists, and only then.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Acl } from '../../../shared/access/acl.ts';
import {
  aclOf,
  anyOperation,
  anyType,
  me,
  type Need,
  naivelyAllows,
  other,
} from '../../access/naive-acls.ts';
import { rows } from './rows.ts';
import { newWalk, type Row, titleOf } from './walk.ts';

const bound = rows.filter(({ needs }) => needs.length > 0);
const permission = fc.constantFrom('ALLOW' as const, 'ALLOW' as const, 'DENY' as const);
const principal = fc.constantFrom(me, me, me, 'User:*', other);

/** Of what a row needs, as it is, by a prefix, or of everything; or of an operation beside it. */
function aclNear([operation, type, name]: Need): fc.Arbitrary<Acl> {
  const resource = fc.constantFrom(
    [name, 'LITERAL'] as const,
    ['*', 'LITERAL'] as const,
    [name.slice(0, 1), 'PREFIXED'] as const,
    [`${name}x`, 'PREFIXED'] as const,
    [`${name}x`, 'LITERAL'] as const,
  );
  const close = fc.constantFrom(operation, operation, operation, 'ALL' as const);
  const named = fc.oneof({ weight: 3, arbitrary: close }, anyOperation);
  const typed = fc.oneof({ weight: 8, arbitrary: fc.constant(type) }, anyType);
  return fc
    .tuple(named, typed, resource, principal, permission)
    .map(([what, of, [whose, pattern], who, verdict]) => {
      return aclOf([what, of, whose], { principal: who, pattern, permission: verdict });
    });
}

/** A row, and ACLs that have to do with it: what it needs, more often than not, and some more. */
const anyStory = fc.constantFrom(...bound).chain((row) => {
  const needs = [...row.needs, ...(row.or ?? [])];
  const near = fc.array(fc.oneof(...needs.map(aclNear)), { maxLength: 4 });
  const enough = fc.subarray(row.needs.map((need) => aclOf(need)));
  const most = fc.constant(row.needs.map((need) => aclOf(need)));
  const lists = fc.tuple(fc.oneof(most, enough), near);
  return lists.map(([some, more]) => ({ row, acls: [...some, ...more] }));
});

/** Topics of all names, as far as the ACLs of a story tell them apart. */
function someTopic(acls: readonly Acl[]): readonly string[] {
  const named = acls.map(({ resource }) => resource.name);
  return [...named, ...named.map((name) => `${name}~`), 'other'];
}

function naivelyMay({ needs, or = [], anywhere }: Row, acls: readonly Acl[]): boolean {
  const may = (need: Need) => naivelyAllows(acls, me, need);
  if (or.some(may)) return true;
  if (anywhere === undefined) return needs.every(may);
  return needs.every(([operation, type]) => {
    return someTopic(acls).some((name) => may([operation, type, name]));
  });
}

test('a request is refused as a naive reading of the ACLs says', async () => {
  const verdicts = { true: 0, false: 0 };
  await fc.assert(
    fc.asyncProperty(anyStory, async ({ row, acls }) => {
      const may = naivelyMay(row, acls);
      verdicts[`${may}`]++;
      const walk = await newWalk(row);
      walk.bind(...acls);
      const before = walk.written();
      const { status } = await walk.askRow(me);
      expect([titleOf(row), status !== 403]).toEqual([titleOf(row), may]);
      if (!may && row.renewsSession !== true) expect(walk.written()).toBe(before);
    }),
    { numRuns: 200 },
  );
  expect(Math.min(...Object.values(verdicts))).toBeGreaterThan(30);
});
