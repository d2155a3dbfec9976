// Random writes of the table's algebra, and the ones among their actions that an item allows. An
// attribute has one type by its name, so that most operands fit; `x` may have any, and `ghost` is
// never there.

import fc from 'fast-check';
import type {
  Action,
  Attributes,
  Comparison,
  Condition,
  Item,
  Key,
  Value,
  Write,
} from '../../shared/store/algebra.ts';
import type { Range } from '../../shared/store/table.ts';

export type Step =
  | { readonly write: Write }
  | { readonly transact: readonly Write[] }
  | { readonly query: Range };

export const pk = 'differential';
export const sortKeys = ['a', 'é', '\uffee', '😀'] as const;
export const comparisons: readonly Comparison[] = ['=', '<', '<=', '>', '>='];

export const everyType: Attributes = {
  n: 1,
  o: -1,
  t: 'a',
  b: Uint8Array.of(1),
  y: true,
  r: [1, 'a'],
  q: [],
  m: { a: 1, b: 'a', c: Uint8Array.of(1) },
};

const number = fc.integer({ min: -3, max: 3 });
const text = fc.constantFrom('', 'a', 'ab', 'B', 'é', '\uffee', '😀');
const bytes = fc.uint8Array({ maxLength: 2 });
const scalar = fc.oneof(number, text, bytes, fc.boolean());
const list = fc.array(scalar, { maxLength: 4 });
const entries = fc.dictionary(fc.constantFrom('a', 'b'), scalar, { noNullPrototype: true });

const values: Record<string, fc.Arbitrary<Value>> = {
  n: number,
  o: number,
  t: text,
  b: bytes,
  y: fc.boolean(),
  r: list,
  q: list,
  m: entries,
  x: fc.oneof(scalar, list, entries),
};
const names = [...Object.keys(values), 'ghost'];
const anyName = fc.constantFrom(...names);
const entryName = fc.constantFrom('a', 'b', 'c');
const listName = fc.constantFrom('r', 'q');
const numberName = fc.constantFrom('n', 'o');

const toValue = (to: fc.Arbitrary<Value>) => fc.record({ value: to });
const action: fc.Arbitrary<Action> = fc.oneof(
  ...Object.entries(values).map(([set, to]) =>
    fc.record({ set: fc.constant(set), to: toValue(to) }),
  ),
  fc.record({
    set: numberName,
    to: fc.record({ attribute: numberName, plus: number }, { requiredKeys: ['attribute'] }),
  }),
  fc.record({ set: fc.constant('x'), to: fc.record({ attribute: anyName }) }),
  fc.record({ append: listName, values: list }),
  fc.record({ removeFirst: listName, count: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ setEntry: fc.constant('m'), entry: entryName, to: scalar }),
  fc.record({ removeEntry: fc.constant('m'), entry: entryName }),
  fc.record({ remove: anyName }),
);

const presence = fc.constantFrom('present', 'absent');
const comparison = fc.constantFrom(...comparisons);
/** Any attribute, or an entry of one that may well be no map. */
const place = fc.record({ attribute: anyName, entry: entryName }, { requiredKeys: ['attribute'] });
const ordered = fc.oneof(number, text, bytes);

const simple: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ item: presence }),
  fc.tuple(place, presence).map(([at, is]) => ({ ...at, is })),
  fc.tuple(place, comparison, ordered).map(([at, is, to]) => ({ ...at, is, to })),
  fc.tuple(place, fc.boolean()).map(([at, to]) => ({ ...at, is: '=' as const, to })),
  fc.record({ sizeOf: fc.constantFrom(...sizedNames()), is: comparison, to: number }),
);

const { condition } = fc.letrec<{ condition: Condition }>((tie) => {
  const parts = fc.array(tie('condition'), { minLength: 1, maxLength: 3 });
  const joined = fc.oneof(fc.record({ all: parts }), fc.record({ any: parts }));
  return { condition: fc.oneof({ maxDepth: 2, withCrossShrink: true }, simple, joined) };
});

/** Half of them plainly hold where there is an item: otherwise little would ever be done. */
const guard = fc.oneof(fc.constant<Condition>({ item: 'present' }), condition);

const write = (sk: string): fc.Arbitrary<Write> => {
  const key: Key = { pk, sk };
  const item = fc.record(values, { requiredKeys: [] }).map((some): Item => ({ ...key, ...some }));
  const actions = fc.array(action, { minLength: 1, maxLength: 6 });
  const put = fc.record({ put: item, if: guard }, { requiredKeys: ['put'] });
  const update = fc.record(
    { update: fc.constant(key), actions, if: guard },
    { requiredKeys: ['update', 'actions'] },
  );
  const del = fc.record({ delete: fc.constant(key), if: guard }, { requiredKeys: ['delete'] });
  return fc.oneof(
    { weight: 2, arbitrary: put },
    { weight: 4, arbitrary: update },
    { weight: 1, arbitrary: del },
  );
};

const keys = fc.constantFrom(...sortKeys);
const range: fc.Arbitrary<Range> = fc.record(
  {
    pk: fc.constant(pk),
    limit: fc.integer({ min: 1, max: 5 }),
    strong: fc.constant(true),
    from: keys,
    to: keys,
    descending: fc.boolean(),
  },
  { requiredKeys: ['pk', 'limit', 'strong'] },
);
const writes = fc
  .uniqueArray(keys, { minLength: 1 })
  .chain((chosen) => fc.tuple(...chosen.map(write)));

export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ write: keys.chain(write) }) },
  { weight: 2, arbitrary: fc.record({ transact: writes }) },
  { weight: 2, arbitrary: fc.record({ query: range }) },
);

/** The same write without the actions that its item forbids: operands that are absent or no number,
 * and paths that an action before them touches. Of an absent item an update may say anything. */
export function allowed(of: Write, item: Item | undefined): Write {
  if (!('update' in of)) return of;
  const touched: string[] = [];
  const actions = of.actions.filter((each) => {
    const path = pathOf(each);
    const overlaps = touched.some((other) => isWithin(path, other) || isWithin(other, path));
    if (overlaps || (item !== undefined && !hasOperands(each, item))) return false;
    touched.push(path);
    return true;
  });
  return { ...of, actions: actions.length > 0 ? actions : [{ remove: 'ghost' }] };
}

function pathOf(of: Action): string {
  if ('set' in of) return of.set;
  if ('append' in of) return of.append;
  if ('removeFirst' in of) return of.removeFirst;
  if ('setEntry' in of) return `${of.setEntry}.${of.entry}`;
  return 'removeEntry' in of ? `${of.removeEntry}.${of.entry}` : of.remove;
}

function isWithin(path: string, other: string): boolean {
  return path === other || path.startsWith(`${other}.`);
}

function hasOperands(of: Action, item: Attributes): boolean {
  if ('set' in of) return 'value' in of.to || of.to.attribute in item;
  if ('append' in of) return of.append in item;
  if ('removeFirst' in of) return of.removeFirst in item;
  if ('setEntry' in of) return of.setEntry in item;
  return !('removeEntry' in of) || of.removeEntry in item;
}

/** Not text: DynamoDB Local counts its UTF-16 units, where DynamoDB counts bytes. */
export function sizedNames(): readonly string[] {
  return names.filter((name) => name !== 't' && name !== 'x');
}
