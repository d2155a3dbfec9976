// What a write may say, whatever item it meets. Both readings of the algebra ask this before they
// read: what one calls a mistake of ours the other does too, even where it would never be reached.

import { assert } from '../assert.ts';
import { removeFirstMax } from '../limits.ts';
import type { Action, Condition } from './algebra.ts';

/** What an update has touched: whole attributes, and maps with those of their entries. */
type Touched = Map<string, Set<string> | 'whole'>;

/** @throws AssertionError for none, and for what no update may do. */
export function checkActions(actions: readonly Action[]): void {
  assert(actions.length > 0, 'an update has an action');
  const touched: Touched = new Map();
  for (const action of actions) {
    if ('set' in action) touch(touched, action.set);
    else if ('append' in action) touch(touched, action.append);
    else if ('removeFirst' in action) {
      touch(touched, action.removeFirst);
      assert(isCount(action.count), `removeFirst takes 1 to ${removeFirstMax}`);
    } else if ('setEntry' in action) touchEntry(touched, action.setEntry, action.entry);
    else if ('removeEntry' in action) touchEntry(touched, action.removeEntry, action.entry);
    else touch(touched, action.remove);
  }
}

/** @throws AssertionError for a list of none, and for an order of booleans. */
export function checkCondition(condition: Condition): void {
  if ('all' in condition) checkParts(condition.all);
  else if ('any' in condition) checkParts(condition.any);
  else if ('to' in condition && typeof condition.to === 'boolean') {
    assert(condition.is === '=', 'booleans have no order');
  }
}

function checkParts(parts: readonly Condition[]): void {
  assert(parts.length > 0, 'a list of conditions is not empty');
  for (const part of parts) checkCondition(part);
}

function touch(touched: Touched, attribute: string): void {
  assertTouchable(attribute);
  assert(!touched.has(attribute), 'an update may not touch an attribute twice');
  touched.set(attribute, 'whole');
}

function touchEntry(touched: Touched, attribute: string, entry: string): void {
  assertTouchable(attribute);
  const entries = touched.get(attribute) ?? new Set();
  assert(entries !== 'whole', 'an update may not touch a map and an entry of it');
  assert(!entries.has(entry), 'an update may not touch an entry twice');
  touched.set(attribute, entries.add(entry));
}

function assertTouchable(attribute: string): void {
  assert(attribute !== 'pk' && attribute !== 'sk', 'an update may not touch the key');
  // Assigned, this name would be no attribute but the item's prototype.
  assert(attribute !== '__proto__', 'an attribute may not be named __proto__');
}

function isCount(count: number): boolean {
  return Number.isSafeInteger(count) && count >= 1 && count <= removeFirstMax;
}
