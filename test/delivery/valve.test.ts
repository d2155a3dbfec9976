// A valve lets so much through, whoever asks, in whatever process, and whatever of what was read
// of it is old.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Portion,
  type PortionPlan,
  planPortion,
  readValve,
  turnOf,
  type ValveState,
} from '../../shared/delivery/valve.ts';
import type { EpochMillis } from '../../shared/ids.ts';
import type { Item } from '../../shared/store/algebra.ts';
import { evaluate } from '../../shared/store/evaluate.ts';

const start = Date.UTC(2026, 0, 1);
const name = 'sub#s';

/** One who asks, as he saw the valve some askers ago. */
type Asker = {
  readonly millis: number;
  readonly after: number;
  readonly waitMillisMax: number;
  readonly seenBefore: number;
};

const asker: fc.Arbitrary<Asker> = fc.record({
  millis: fc.oneof(
    fc.integer({ min: 0, max: 1_000_000 }).map((micros) => micros / 1_000),
    fc.double({ min: 0, max: 2_000, noNaN: true }),
  ),
  after: fc.oneof(fc.constant(0), fc.nat({ max: 100 }), fc.nat({ max: 10_000 })),
  waitMillisMax: fc.constantFrom(0, 100, 5_000),
  seenBefore: fc.nat({ max: 3 }),
});

type Passed = { readonly at: number; readonly millis: number };

/** What went through, and when it was its turn. Each tries until the valve is closed for him. */
function passing(askers: readonly Asker[], burstMillis: number): readonly Passed[] {
  const states: (Item | undefined)[] = [undefined];
  const passed: Passed[] = [];
  let now = start;
  for (const { millis, after, waitMillisMax, seenBefore } of askers) {
    now += after;
    const portion = { valve: name, millis, waitMillisMax, burstMillis };
    const at = now as EpochMillis;
    let seen = readValve(states.at(-1 - seenBefore) ?? states[0]);
    for (let tries = 1; ; tries++) {
      // Old at first, and then as it is.
      if (tries > 2) expect.fail('refused as it is');
      const plan = planPortion(seen, portion, at);
      if (plan.kind === 'closed') break;
      const result = evaluate(plan.write, states.at(-1));
      if (result.kind === 'refused') {
        seen = readValve(result.current);
        continue;
      }
      states.push(result.item);
      passed.push({ at: turnOf(readValve(result.item), portion, at), millis });
      break;
    }
  }
  return passed;
}

test('in any time no more goes through than its share, the burst and one portion', () => {
  const bursts = fc.constantFrom(0, 500, 3_000);
  const run = fc.property(fc.array(asker, { maxLength: 60 }), bursts, (askers, burstMillis) => {
    const passed = passing(askers, burstMillis).toSorted((one, other) => one.at - other.at);
    for (const [first, { at: from }] of passed.entries()) {
      let sum = 0;
      for (const { at, millis } of passed.slice(first)) {
        // A turn is told in whole milliseconds.
        expect(sum).toBeLessThanOrEqual(at - from + burstMillis + 1);
        sum += millis;
      }
    }
  });
  fc.assert(run, { numRuns: 1_000 });
});

test('who asks as soon as he may gets the whole rate', () => {
  const portion = { valve: name, millis: 40, waitMillisMax: 5_000, burstMillis: 0 };
  let item: Item | undefined;
  let now = start;
  for (let asked = 0; asked < 250; asked++) {
    const plan = planPortion(readValve(item), portion, now as EpochMillis);
    if (plan.kind === 'closed') expect.fail('closed');
    const result = evaluate(plan.write, item);
    if (result.kind === 'refused') expect.fail('refused');
    item = result.item;
    now = turnOf(readValve(item), portion, now as EpochMillis);
  }
  expect(now - start).toBe(249 * 40);
});

const later = fc.integer({ min: -20_000, max: 20_000 });
const state: fc.Arbitrary<ValveState> = fc.option(
  later.map((millis) => ({ openAtMicros: (start + millis) * 1_000 })),
  { nil: undefined },
);
const asked: fc.Arbitrary<Portion> = fc
  .record({ waitMillisMax: fc.nat({ max: 6_000 }), burstMillis: fc.nat({ max: 6_000 }) })
  .map((some) => ({ valve: name, millis: 10, ...some }));

/** Of a valve, to who asks for that portion. */
function looksOf(is: ValveState, { waitMillisMax, burstMillis }: Portion): string {
  if (is === undefined) return 'unused';
  if (is.openAtMicros > (start + waitMillisMax) * 1_000) return 'closed';
  return is.openAtMicros < (start - burstMillis) * 1_000 ? 'idle' : 'busy';
}

test('a write is refused if, and only if, the valve is not what it was seen to be', () => {
  const run = fc.property(state, state, asked, (seen, is, portion) => {
    const plan = planPortion(seen, portion, start as EpochMillis);
    fc.pre(plan.kind === 'take');
    const item = is && { pk: `valve#${name}`, sk: 'valve', a: is.openAtMicros };
    const isAsSeen = looksOf(seen, portion) === looksOf(is, portion);
    expect(evaluate(writeOf(plan), item).kind).toBe(isAsSeen ? 'done' : 'refused');
  });
  fc.assert(run, { numRuns: 2_000 });
});

function writeOf(plan: PortionPlan) {
  if (plan.kind === 'closed') expect.fail('closed');
  return plan.write;
}

test('a closed one opens when it says, and no sooner', () => {
  const run = fc.property(state, asked, (seen, portion) => {
    const plan = planPortion(seen, portion, start as EpochMillis);
    expect(plan.kind === 'closed').toBe(looksOf(seen, portion) === 'closed');
    if (plan.kind !== 'closed') return;
    const at = (now: number) => planPortion(seen, portion, now as EpochMillis).kind;
    expect([at(plan.until - 1), at(plan.until)]).toEqual(['closed', 'take']);
  });
  fc.assert(run, { numRuns: 1_000 });
});

test('of an idle time so much counts as the burst, and no more', () => {
  const portion = { valve: name, millis: 100, waitMillisMax: 0, burstMillis: 250 };
  const take = (item: Item | undefined) => {
    const plan = planPortion(readValve(item), portion, start as EpochMillis);
    return plan.kind === 'closed' ? undefined : evaluate(plan.write, item);
  };
  for (const before of [undefined, { pk: `valve#${name}`, sk: 'valve', a: 0 }]) {
    let item: Item | undefined = before;
    let taken = 0;
    for (let next = take(item); next?.kind === 'done'; next = take(item)) {
      item = next.item;
      taken++;
    }
    expect(taken).toBe(3);
  }
});
