// Assignments are even, then sticky, and as much so as can be: held against all that there are.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AssignmentProblem, assign, type Owners } from '../../shared/group/assign.ts';

/** A group in which everybody subscribes to every topic. */
function alike(
  members: readonly string[],
  partitions: Readonly<Record<string, number>>,
  before: ReadonlyMap<string, Owners> = new Map(),
): AssignmentProblem {
  const topics = Object.keys(partitions);
  return {
    partitions: new Map(Object.entries(partitions)),
    subscribers: members.map((member) => ({ member, topics })),
    before,
  };
}

describe('a group of three consumers', () => {
  test('grows and shrinks, and moves no more than it must', () => {
    const one = assign(alike(['c1'], { orders: 6 }));
    expect(one.get('orders')).toEqual(['c1', 'c1', 'c1', 'c1', 'c1', 'c1']);
    const two = assign(alike(['c1', 'c2'], { orders: 6 }, one));
    expect(two.get('orders')).toEqual(['c1', 'c1', 'c1', 'c2', 'c2', 'c2']);
    const three = assign(alike(['c0', 'c1', 'c2'], { orders: 6 }, two));
    expect(three.get('orders')).toEqual(['c1', 'c1', 'c0', 'c2', 'c2', 'c0']);
    const left = assign(alike(['c0', 'c2'], { orders: 6 }, three));
    expect(left.get('orders')).toEqual(['c0', 'c2', 'c0', 'c2', 'c2', 'c0']);
  });

  test('has new partitions where fewest are, and stays with the others', () => {
    const before = assign(alike(['c1', 'c2', 'c3'], { orders: 4 }));
    expect(before.get('orders')).toEqual(['c1', 'c1', 'c2', 'c3']);
    const after = assign(alike(['c1', 'c2', 'c3'], { orders: 6 }, before));
    expect(after.get('orders')).toEqual(['c1', 'c1', 'c2', 'c3', 'c2', 'c3']);
  });

  test('shares many topics of one partition, which a range assignor gives to the first', () => {
    const owners = assign(alike(['c1', 'c2', 'c3'], { clicks: 1, orders: 1, payments: 1 }));
    expect([...owners]).toEqual([
      ['clicks', ['c1']],
      ['orders', ['c2']],
      ['payments', ['c3']],
    ]);
  });

  test('has some without work when there are too few partitions', () => {
    const owners = assign(alike(['c1', 'c2', 'c3'], { orders: 2 }));
    expect(owners.get('orders')).toEqual(['c1', 'c2']);
  });
});

test('who has other topics too leaves the extra partition to one who has none', () => {
  const owners = assign({
    partitions: new Map([
      ['orders', 3],
      ['payments', 1],
    ]),
    subscribers: [
      { member: 'both', topics: ['orders', 'payments'] },
      { member: 'orders-only', topics: ['orders'] },
    ],
    before: new Map(),
  });
  expect(owners.get('orders')).toEqual(['both', 'orders-only', 'orders-only']);
  expect(owners.get('payments')).toEqual(['both']);
});

test('evenness comes before staying: with many topics, a leaver can make others move too', () => {
  const before = new Map([
    ['clicks', ['c3', 'c2']],
    ['orders', ['c1']],
    ['payments', ['c1']],
  ]);
  const problem = alike(['c1', 'c2'], { clicks: 2, orders: 1, payments: 1 }, before);
  expect([...assign(problem)]).toEqual([
    ['clicks', ['c1', 'c2']],
    ['orders', ['c1']],
    ['payments', ['c2']],
  ]);
});

test('what is gone is ignored: owners, subscriptions, partitions and topics', () => {
  const owners = assign({
    partitions: new Map([
      ['orders', 2],
      ['payments', 2],
      ['empty', 0],
      ['unread', 5],
    ]),
    subscribers: [
      { member: 'c2', topics: ['payments', 'deleted', 'empty'] },
      { member: 'c1', topics: ['orders', 'orders'] },
      { member: 'c1', topics: ['payments'] },
    ],
    before: new Map([
      ['orders', ['c2', 'c0', 'c1', 'c1']],
      ['payments', [undefined, 'c1']],
      ['deleted', ['c2']],
    ]),
  });
  expect([...owners]).toEqual([
    ['empty', []],
    ['orders', ['c1', 'c1']],
    ['payments', ['c2', 'c1']],
  ]);
});

type Size = { readonly members: number; readonly topics: number; readonly partitions: number };

const letters = (count: number, from: string) =>
  Array.from({ length: count }, (_, at) => String.fromCharCode(from.charCodeAt(0) + at));

/** With a `before` of anything, or of what the same members and topics were assigned otherwise. */
function problems(size: Size): fc.Arbitrary<AssignmentProblem> {
  const members = letters(size.members, 'a');
  const topics = letters(size.topics, 'P');
  const some = fc.oneof(fc.subarray(topics), fc.constant(topics));
  const owner = fc.constantFrom(undefined, 'gone', ...members);
  const fresh = fc.record({
    partitions: mapOf(topics, fc.integer({ min: 0, max: size.partitions })),
    subscribers: mapOf(members, some).map((chosen) =>
      [...chosen].map(([member, names]) => ({ member, topics: names })),
    ),
    before: mapOf(topics, fc.array(owner, { maxLength: size.partitions + 1 })),
  });
  return fc.oneof(
    fresh,
    fc.tuple(fresh, fresh).map(([problem, old]) => ({ ...problem, before: assign(old) })),
  );
}

function mapOf<Value>(keys: readonly string[], values: fc.Arbitrary<Value>) {
  const drawn = keys.map((key) => fc.tuple(fc.constant(key), values));
  return fc
    .tuple(fc.tuple(...drawn), fc.oneof(fc.constant(keys), fc.subarray([...keys])))
    .map(([entries, chosen]) => new Map(entries.filter(([key]) => chosen.includes(key))));
}

const tiny = { members: 4, topics: 4, partitions: 4 };
const larger = { members: 12, topics: 10, partitions: 30 };

const subscribersOf = (topic: string, { subscribers }: AssignmentProblem) =>
  subscribers.filter(({ topics }) => topics.includes(topic)).map(({ member }) => member);

const countOf = (owners: Owners, member: string) =>
  owners.filter((owner) => owner === member).length;

const keptOf = (owners: Owners, before: Owners = []) =>
  owners.filter((owner, at) => owner === before[at]).length;

const isEven = (owners: Owners, members: readonly string[]) => {
  const counts = members.map((member) => countOf(owners, member));
  return Math.max(...counts) - Math.min(...counts) <= 1;
};

function totalsOf(assignment: ReadonlyMap<string, Owners>, { subscribers }: AssignmentProblem) {
  const all = [...assignment.values()].flat();
  return subscribers.map(({ member }) => countOf(all, member));
}

const squaresOf = (totals: readonly number[]) => totals.reduce((sum, one) => sum + one * one, 0);

describe('any assignment', () => {
  test('gives each partition of a subscribed topic to a subscriber, and of a topic evenly', () => {
    fc.assert(
      fc.property(problems(larger), (problem) => {
        const assignment = assign(problem);
        for (const [topic, partitions] of problem.partitions) {
          const owners = assignment.get(topic);
          const members = subscribersOf(topic, problem);
          expect(owners === undefined).toBe(members.length === 0);
          if (owners === undefined) continue;
          expect(owners.length).toBe(partitions);
          for (const owner of owners) expect(members).toContain(owner);
          expect(isEven(owners, members)).toBe(true);
        }
        for (const topic of assignment.keys()) expect(problem.partitions.has(topic)).toBe(true);
      }),
    );
  });

  test('is the same in whatever order it is asked for, and stays when nothing changes', () => {
    const shuffled = problems(larger).chain((problem) =>
      fc.record({
        problem: fc.constant(problem),
        partitions: shuffle([...problem.partitions]),
        subscribers: shuffle(problem.subscribers),
        before: shuffle([...problem.before]),
      }),
    );
    fc.assert(
      fc.property(shuffled, ({ problem, partitions, subscribers, before }) => {
        const assignment = assign(problem);
        const other = {
          partitions: new Map(partitions),
          subscribers: subscribers.map((one) => ({ ...one, topics: one.topics.toReversed() })),
          before: new Map(before),
        };
        expect([...assign(other)]).toEqual([...assignment]);
        expect([...assign({ ...problem, before: assignment })]).toEqual([...assignment]);
      }),
    );
  });

  test('has totals at most one apart where all subscribe to the same', () => {
    fc.assert(
      fc.property(problems(larger), (problem) => {
        const topics = [...problem.partitions.keys()];
        const subscribers = problem.subscribers.map(({ member }) => ({ member, topics }));
        const totals = totalsOf(assign({ ...problem, subscribers }), problem);
        if (totals.length > 0) expect(Math.max(...totals) - Math.min(...totals)).toBeLessThan(2);
      }),
    );
  });

  test('is the most even there is, and of those the one that keeps most', () => {
    fc.assert(
      fc.property(problems(tiny), (problem) => {
        const assignment = assign(problem);
        const squares = squaresOf(totalsOf(assignment, problem));
        let kept = 0;
        for (const [topic, owners] of assignment) kept += keptOf(owners, problem.before.get(topic));
        expect({ squares, kept }).toEqual(bestOf(problem));
      }),
      { numRuns: 1_000 },
    );
  });
});

const shuffle = <Value>(values: readonly Value[]) =>
  fc.shuffledSubarray([...values], { minLength: values.length });

type Best = { readonly squares: number; readonly kept: number };

/** By looking at all. */
function bestOf(problem: AssignmentProblem): Best {
  const members = problem.subscribers.map(({ member }) => member);
  let sums = new Map([['', { totals: members.map(() => 0), kept: 0 }]]);
  for (const [topic, partitions] of problem.partitions) {
    const subscribing = subscribersOf(topic, problem);
    if (subscribing.length === 0) continue;
    const next: typeof sums = new Map();
    for (const owners of allOwners(subscribing, partitions)) {
      if (!isEven(owners, subscribing)) continue;
      const counts = members.map((member) => countOf(owners, member));
      const keeps = keptOf(owners, problem.before.get(topic));
      for (const sum of sums.values()) {
        const totals = sum.totals.map((total, at) => total + (counts[at] as number));
        const kept = Math.max(sum.kept + keeps, next.get(totals.join())?.kept ?? 0);
        next.set(totals.join(), { totals, kept });
      }
    }
    sums = next;
  }
  const all = [...sums.values()].map(({ totals, kept }) => ({ squares: squaresOf(totals), kept }));
  const squares = Math.min(...all.map((one) => one.squares));
  const kept = Math.max(...all.filter((one) => one.squares === squares).map((one) => one.kept));
  return { squares, kept };
}

function allOwners(members: readonly string[], partitions: number): string[][] {
  if (partitions === 0) return [[]];
  const fewer = allOwners(members, partitions - 1);
  return fewer.flatMap((owners) => members.map((member) => [...owners, member]));
}

test('of one topic, partitions move only to who joins, and only from who leaves', () => {
  const groups = fc.record({
    members: fc.integer({ min: 1, max: 20 }).map((count) => letters(count, 'a')),
    partitions: fc.nat(60),
    newcomer: fc.constantFrom('A', 'k!', 'z'),
    // Somebody went before, so that the partitions are in no order of their own.
    before: fc.constantFrom(['B', 'd!'], ['j!'], []),
  });
  fc.assert(
    fc.property(groups, ({ members, partitions, newcomer, before }) => {
      const ask = (all: readonly string[], asItWas?: ReadonlyMap<string, Owners>) =>
        assign(alike(all, { orders: partitions }, asItWas));
      const few = ask(members, ask([...members, ...before]));
      const many = ask([...members, newcomer], few);
      const stay = (many.get('orders') ?? []).filter((owner) => owner !== newcomer);
      expect(keptOf(many.get('orders') ?? [], few.get('orders'))).toBe(stay.length);
      const again = ask(members, many);
      expect(keptOf(again.get('orders') ?? [], many.get('orders'))).toBe(stay.length);
    }),
  );
});
