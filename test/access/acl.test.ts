// What is allowed, and which ACLs are meant: as a naive reading of Kafka's words has it.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Acl,
  aclOperations,
  isAllowed,
  isAllowedOfSome,
  operations,
  patternTypes,
  permissions,
  resourceTypes,
} from '../../shared/access/acl.ts';
import { type AclFilter, isMeant } from '../../shared/access/acl-filter.ts';
import {
  aclOf,
  anyAcl,
  anyName,
  anyOperation,
  anyType,
  me,
  naivelyAllows,
  naivelyMatches,
  other,
} from './naive-acls.ts';

const topic = { type: 'TOPIC', name: 'orders' } as const;
const read = { principal: me, operation: 'READ', resource: topic } as const;
const runs = { numRuns: 2_000 };

describe('one decision', () => {
  test('is that of the naive reading', () => {
    const verdicts = new Set<boolean>();
    const acls = fc.array(anyAcl, { maxLength: 8 });
    fc.assert(
      fc.property(acls, anyOperation, anyType, anyName, (list, operation, type, name) => {
        const verdict = naivelyAllows(list, me, [operation, type, name]);
        verdicts.add(verdict);
        const question = { principal: me, operation, resource: { type, name } };
        expect(isAllowed(list, question)).toBe(verdict);
      }),
      runs,
    );
    expect(verdicts.size).toBe(2);
  });

  test('does not follow the order of the list', () => {
    const acls = fc.array(anyAcl, { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(acls, anyOperation, anyName, (list, operation, name) => {
        const question = { principal: me, operation, resource: { type: 'TOPIC' as const, name } };
        expect(isAllowed(list.toReversed(), question)).toBe(isAllowed(list, question));
      }),
    );
  });

  test('is no, where nothing is said', () => {
    for (const operation of operations) {
      for (const type of resourceTypes) {
        const question = { principal: me, operation, resource: { type, name: 'orders' } };
        expect(isAllowed([], question)).toBe(false);
        const others = [aclOf(['ALL', type, 'orders'], { principal: other })];
        expect(isAllowed(others, question)).toBe(false);
      }
    }
  });

  test('is no, whatever allows, where one denies', () => {
    const allow = aclOf(['ALL', 'TOPIC', '*'], { principal: 'User:*' });
    const exact = aclOf(['READ', 'TOPIC', 'orders']);
    const denies = [
      aclOf(['READ', 'TOPIC', 'orders'], { permission: 'DENY' }),
      aclOf(['ALL', 'TOPIC', 'o'], { permission: 'DENY', pattern: 'PREFIXED' }),
      aclOf(['READ', 'TOPIC', '*'], { permission: 'DENY', principal: 'User:*' }),
    ];
    for (const deny of denies) {
      expect(isAllowed([deny, allow, exact], read)).toBe(false);
      expect(isAllowed([allow, exact, deny], read)).toBe(false);
      expect(isAllowed([allow, exact, deny], { ...read, principal: other })).toBe(
        deny.principal === me,
      );
    }
  });

  test.each(['READ', 'WRITE', 'DELETE', 'ALTER'] as const)('%s lets look, and no more', (may) => {
    const allowed = operations.filter((operation) => {
      return isAllowed([aclOf([may, 'TOPIC', 'orders'])], { ...read, operation });
    });
    expect(allowed.toSorted()).toEqual([may, 'DESCRIBE'].toSorted());
  });

  test('a deny of reading takes no look away, and one of looking no reading', () => {
    const all = aclOf(['ALL', 'TOPIC', 'orders']);
    const noRead = [all, aclOf(['READ', 'TOPIC', 'orders'], { permission: 'DENY' })];
    expect(isAllowed(noRead, { ...read, operation: 'DESCRIBE' })).toBe(true);
    const noLook = [all, aclOf(['DESCRIBE', 'TOPIC', 'orders'], { permission: 'DENY' })];
    expect(isAllowed(noLook, read)).toBe(true);
    expect(isAllowed(noLook, { ...read, operation: 'DESCRIBE' })).toBe(false);
  });

  test('"*" is everything only as a literal, and "User:*" everyone only in an ACL', () => {
    const prefix = [aclOf(['READ', 'TOPIC', '*'], { pattern: 'PREFIXED' })];
    expect(isAllowed(prefix, read)).toBe(false);
    const mine = [aclOf(['READ', 'TOPIC', 'orders'])];
    expect(isAllowed(mine, { ...read, principal: 'User:*' })).toBe(false);
  });
});

describe('some resource of a type', () => {
  /** All that the ACLs of these tests tell apart: what begins with up to three of their letters,
   * and what begins otherwise. */
  const names = namesOf(4);

  test('is allowed as one of them is', () => {
    const verdicts = new Set<boolean>();
    // So few that an ACL often meets one that takes all of it away, or all but a name.
    const anyOf = <const Word extends string>(...words: Word[]) => fc.constantFrom(...words);
    const narrow = fc.tuple(anyAcl, anyOf('a', 'ab', '*'), anyOf('ALL', 'READ', 'WRITE'));
    const acl = narrow.map(([one, name, operation]) => {
      return { ...one, operation, resource: { type: 'TOPIC', name } } as Acl;
    });
    const acls = fc.array(acl, { maxLength: 5 });
    fc.assert(
      fc.property(acls, anyOf('READ', 'DESCRIBE'), (list, operation) => {
        const some = names.some((name) => naivelyAllows(list, me, [operation, 'TOPIC', name]));
        verdicts.add(some);
        expect(isAllowedOfSome(list, { principal: me, operation, type: 'TOPIC' })).toBe(some);
      }),
      runs,
    );
    expect(verdicts.size).toBe(2);
  });

  function namesOf(length: number): readonly string[] {
    let all = [''];
    const named: string[] = [];
    for (let more = 0; more < length; more++) {
      all = all.flatMap((name) => ['a', 'b', 'z'].map((letter) => name + letter));
      named.push(...all);
    }
    // No literal allow is of a name that begins with a star, but a prefix may be.
    return [...named, '*', '*z'];
  }
});

describe('a filter', () => {
  const anyFilter = fc.record(
    {
      principal: fc.constantFrom(me, other, 'User:*'),
      type: anyType,
      name: fc.oneof(anyName, fc.constant('*')),
      pattern: fc.constantFrom(...patternTypes, 'MATCH' as const),
      operation: fc.constantFrom(...aclOperations),
      permission: fc.constantFrom(...permissions),
      host: fc.constantFrom('*', '10.0.0.1'),
    },
    { requiredKeys: [] },
  ) as fc.Arbitrary<AclFilter>;

  /** Each field that is said must be so. */
  function naivelyMeans(filter: AclFilter, acl: Acl): boolean {
    const flat = { ...acl, type: acl.resource.type, name: acl.resource.name, host: '*' };
    return Object.entries(filter).every(([field, said]) => {
      const isMatch = filter.pattern === 'MATCH';
      if (field === 'pattern' && isMatch) return true;
      if (field === 'name' && isMatch) return naivelyMatches(acl, said);
      return flat[field as keyof typeof flat] === said;
    });
  }

  test('means what a naive reading of it means', () => {
    const verdicts = new Set<boolean>();
    fc.assert(
      fc.property(anyFilter, anyAcl, (filter, acl) => {
        const verdict = naivelyMeans(filter, acl);
        verdicts.add(verdict);
        expect(isMeant(filter, acl)).toBe(verdict);
      }),
      runs,
    );
    expect(verdicts.size).toBe(2);
  });

  test('that says nothing means all', () => {
    fc.assert(
      fc.property(anyAcl, (acl) => {
        expect(isMeant({}, acl)).toBe(true);
      }),
    );
  });
});
