// The algebra as its comments say it, one clause after the other, on a copy: slow, and hard to get
// wrong.

import { assert } from '../../shared/assert.ts';
import type { Action, Condition, Item, Value, Write } from '../../shared/store/algebra.ts';
import type { WriteResult } from '../../shared/store/table.ts';

/** @throws AssertionError for an update that its item does not allow. */
export function modelOf(write: Write, current: Item | undefined): WriteResult {
  if ('update' in write) assertPathsApart(write.actions);
  const before = structuredClone(current);
  const refused = { kind: 'refused', current: before } as const;
  if ('update' in write && before === undefined) return refused;
  if (write.if !== undefined && !holds(write.if, before)) return refused;
  if ('put' in write) return { kind: 'done', item: structuredClone(write.put) };
  if ('delete' in write) return { kind: 'done', item: undefined };
  const after = structuredClone(before) as { [name: string]: Value };
  for (const action of write.actions) act(action, before as Item, after);
  return { kind: 'done', item: after as Item };
}

function assertPathsApart(actions: readonly Action[]): void {
  const paths = actions.map(pathOf);
  for (const [index, path] of paths.entries()) {
    for (const other of paths.slice(0, index)) {
      assert(!`${path}.`.startsWith(`${other}.`), 'touched twice');
      assert(!`${other}.`.startsWith(`${path}.`), 'touched twice');
    }
  }
}

function act(action: Action, before: Item, after: { [name: string]: Value }): void {
  const name = pathOf(action).split('.')[0] as string;
  if ('set' in action) {
    if ('value' in action.to) {
      after[name] = action.to.value;
    } else {
      const from = before[action.to.attribute];
      assert(from !== undefined, 'the operand is absent');
      after[name] = action.to.plus === undefined ? from : Number(from) + action.to.plus;
    }
  } else if ('remove' in action) {
    delete after[name];
  } else {
    const there = structuredClone(after[name]) as never;
    assert(there !== undefined, 'there is no list or map');
    if ('append' in action) (there as Value[]).push(...action.values);
    if ('removeFirst' in action) (there as Value[]).splice(0, action.count);
    if ('setEntry' in action) (there as Record<string, Value>)[action.entry] = action.to;
    if ('removeEntry' in action) delete (there as Record<string, Value>)[action.entry];
    after[name] = there;
  }
}

/** An action's first member names its attribute, and `entry` the entry of it. */
function pathOf(action: Action): string {
  const name = String(Object.values(action)[0]);
  return 'entry' in action ? `${name}.${action.entry}` : name;
}

function holds(condition: Condition, item: Item | undefined): boolean {
  if ('all' in condition) return !condition.all.some((part) => !holds(part, item));
  if ('any' in condition) return !condition.any.every((part) => !holds(part, item));
  if ('item' in condition) return (item === undefined) === (condition.item === 'absent');
  if ('sizeOf' in condition) {
    const size = (item?.[condition.sizeOf] as Value[] | undefined)?.length;
    const map = kindOf(item?.[condition.sizeOf]) === 'map';
    const count = map ? Object.keys(item?.[condition.sizeOf] ?? {}).length : size;
    return count !== undefined && inOrder([count], condition.is, [condition.to]);
  }
  const whole = item?.[condition.attribute];
  const inMap = kindOf(whole) === 'map' ? (whole as Record<string, Value>) : {};
  const value = condition.entry === undefined ? whole : inMap[condition.entry];
  if (condition.is === 'absent') return value === undefined;
  if (condition.is === 'present') return value !== undefined;
  if (!('to' in condition) || kindOf(value) !== kindOf(condition.to)) return false;
  return inOrder(ranksOf(value), condition.is, ranksOf(condition.to));
}

function kindOf(value: Value | undefined): string {
  if (Array.isArray(value)) return 'list';
  if (value instanceof Uint8Array) return 'bytes';
  return typeof value === 'object' ? 'map' : typeof value;
}

/** Numbers whose order, one after the other, is that of the values. */
function ranksOf(value: Value | undefined): number[] {
  if (typeof value === 'string') return [...value].map((each) => each.codePointAt(0) ?? 0);
  return value instanceof Uint8Array ? [...value] : [Number(value)];
}

function inOrder(one: number[], comparison: string, other: number[]): boolean {
  const differs = one.findIndex((rank, index) => rank !== other[index]);
  const [left = -Infinity, right = -Infinity] =
    differs === -1 ? [one.length, other.length] : [one[differs], other[differs]];
  if (comparison.includes('=') && left === right) return true;
  return comparison.startsWith('<') ? left < right : comparison.startsWith('>') && left > right;
}
