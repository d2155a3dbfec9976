// What a pattern may ask of one value.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fault, matches, passes } from './matching.ts';

const scalars = fc.oneof(
  fc.constantFrom('', 'a', 'ab', 'A', '1', 'true', 'null', 0, 1, -0, 1.5, true, false, null),
  fc.string({ maxLength: 4 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
/** Of few letters, so that they have much in common. */
const texts = fc.string({
  unit: fc.constantFrom('a', 'b', '*', '\\', 'ß', 'Σ', 'σ', 'ς'),
  maxLength: 12,
});

test('a value is only equal to one of its own type', () => {
  expect(passes('1', '1')).toBe(true);
  expect(passes('1', 1)).toBe(false);
  expect(passes(100, JSON.parse('1.0e2'))).toBe(true);
  expect(passes(null, null)).toBe(true);
  expect(passes(null, '')).toBe(false);
  expect(passes('', '')).toBe(true);
  expect(passes(false, 0)).toBe(false);
  expect(passes(true, true)).toBe(true);
  expect(matches({ field: ['no', 5, null] }, { field: null })).toBe(true);
});

test('a prefix, a suffix and an equal text, with and without case', () => {
  const rules: [object, string, boolean][] = [
    [{ prefix: 'eu-' }, 'eu-west-1', true],
    [{ prefix: 'eu-' }, 'EU-west-1', false],
    [{ prefix: { 'equals-ignore-case': 'eu-' } }, 'EU-west-1', true],
    [{ prefix: { 'equals-ignore-case': 'eu-' } }, 'e', false],
    [{ suffix: '.png' }, 'a.png', true],
    [{ suffix: '.png' }, 'a.png.gz', false],
    [{ suffix: { 'equals-ignore-case': '.PNG' } }, 'a.png', true],
    [{ suffix: { 'equals-ignore-case': '' } }, 'a', true],
    [{ 'equals-ignore-case': 'ΟΔΥΣ' }, 'οδυς', true],
    [{ prefix: { 'equals-ignore-case': 'ΟΔΥΣ' } }, 'οδυσσεύς', true],
    [{ 'equals-ignore-case': 'Strasse' }, 'straße', true],
    [{ 'equals-ignore-case': '10 \u212a' }, '10 k', true],
    [{ 'equals-ignore-case': 'a' }, 'aa', false],
  ];
  for (const [rule, text, expected] of rules) {
    expect(passes(rule, text), `${JSON.stringify(rule)} of ${text}`).toBe(expected);
  }
  expect(passes({ prefix: '1' }, 10)).toBe(false);
});

test('without regard to case, upper and lower case of any text are equal', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), texts, (one, rest) => {
      expect(passes({ 'equals-ignore-case': one.toUpperCase() }, one.toLowerCase())).toBe(true);
      const prefix = { prefix: { 'equals-ignore-case': one.toLowerCase() } };
      expect(passes(prefix, one.toUpperCase() + rest)).toBe(true);
      const suffix = { suffix: { 'equals-ignore-case': one.toUpperCase() } };
      expect(passes(suffix, rest + one.toLowerCase())).toBe(true);
    }),
  );
});

/** A wildcard's tokens, and a text that it matches but for what is cut out of it. */
const wildcards = fc
  .array(
    fc.oneof(
      { arbitrary: fc.constantFrom('a', 'b', 'aa', 'aab', 'aabaaab'), weight: 3 },
      { arbitrary: fc.constant('*'), weight: 2 },
      fc.constantFrom('\\*', '\\\\'),
    ),
    { maxLength: 9 },
  )
  .filter((all) => !all.some((one, index) => one === '*' && all[index + 1] === '*'))
  .chain((tokens) => {
    const filler = fc.array(fc.constantFrom('a', 'b', 'aa', 'aabaa', '*', '\\'), { maxLength: 3 });
    const texts = tokens.map((one) =>
      one === '*' ? filler.map((all) => all.join('')) : fc.constant(one.replace(/^\\/, '')),
    );
    return fc
      .tuple(fc.tuple(...texts), fc.nat(20), fc.nat(2))
      .map(([parts, from, count]) => [...parts.join('')].toSpliced(from, count).join(''))
      .map((text) => ({ tokens, text }));
  });

test('a wildcard is the regular expression that one would write for it', () => {
  let matched = 0;
  fc.assert(
    fc.property(wildcards, ({ tokens, text }) => {
      const source = tokens.map((one) => (one === '*' ? '[^]*' : one)).join('');
      const expected = new RegExp(`^${source}$`).test(text);
      expect(passes({ wildcard: tokens.join('') }, text)).toBe(expected);
      matched += expected ? 1 : 0;
    }),
    { numRuns: 5_000 },
  );
  expect(matched).toBeGreaterThan(500);
  expect(matched).toBeLessThan(4_500);
});

test('a wildcard of many stars is done with a long text at once', () => {
  const many = { wildcard: `${'*a'.repeat(1_000)}*b*` };
  expect(passes(many, 'a'.repeat(100_000))).toBe(false);
  expect(passes(many, `${'a'.repeat(100_000)}b`)).toBe(true);
});

test('what a wildcard must not be', () => {
  expect(fault({ field: [{ wildcard: 'a**b' }] })).toEqual([
    'field[0].wildcard',
    'must not have two stars in a row',
  ]);
  expect(fault({ field: [{ wildcard: 'a\\b' }] })?.[1]).toContain('after a backslash');
  expect(fault({ field: [{ wildcard: 'a\\' }] })?.[1]).toContain('after a backslash');
  expect(fault({ field: [{ wildcard: '*\\**' }] })).toBeUndefined();
  expect(fault({ field: [{ wildcard: 5 }] })?.[1]).toBe('must be a text');
});

test('anything-but is the complement of a test on every value that is there', () => {
  const numbers = fc.double({ noNaN: true, noDefaultInfinity: true });
  const rules = fc.oneof(
    fc.string({ maxLength: 2 }).map((one) => [one, [one]]),
    numbers.map((one) => [one, [one]]),
    fc.array(texts, { minLength: 1, maxLength: 3 }).map((all) => [all, all]),
    fc.array(fc.constantFrom(0, 1, 1.5), { minLength: 1 }).map((all) => [all, all]),
    fc
      .constantFrom('prefix', 'suffix')
      .chain((name) =>
        fc
          .array(fc.constantFrom('a', 'b', 'ab', '1', 'tr'), { minLength: 1, maxLength: 3 })
          .map((all) => [{ [name]: all }, all.map((one) => ({ [name]: one }))]),
      ),
    fc
      .constantFrom('equals-ignore-case', 'wildcard')
      .chain((name) =>
        fc
          .constantFrom('', 'a', 'A', 'B', 'ab')
          .map((one) => [{ [name]: one }, [{ [name]: one }]] as const),
      ),
  );
  fc.assert(
    fc.property(rules, fc.oneof(scalars, texts), ([excluded, tests], value) => {
      const among = matches({ field: tests }, { field: value });
      expect(passes({ 'anything-but': excluded }, value)).toBe(!among);
    }),
    { numRuns: 1_000 },
  );
  for (const excluded of ['a', [1], { prefix: 'a' }]) {
    expect(matches({ field: [{ 'anything-but': excluded }] }, {})).toBe(false);
  }
  expect(passes({ 'anything-but': 'a' }, ['a', 'b'])).toBe(true);
  expect(passes({ 'anything-but': 'a' }, ['a', 'a'])).toBe(false);
});

test('what anything-but must not be', () => {
  for (const excluded of [[], ['a', 1], true, null, [null], [['a']], {}]) {
    expect(fault({ field: [{ 'anything-but': excluded }] })?.[0]).toBe('field[0].anything-but');
  }
  const nested = (excluded: object) => fault({ field: [{ 'anything-but': excluded }] });
  expect(nested({ numeric: ['>', 5] })?.[1]).toContain('prefix, suffix');
  expect(nested({ prefix: 'a', suffix: 'b' })?.[1]).toContain('one name');
  expect(nested({ prefix: [] })?.[0]).toBe('field[0].anything-but.prefix');
  expect(nested({ suffix: ['.a', ''] })).toEqual([
    'field[0].anything-but.suffix[1]',
    'must not be empty: no text would pass',
  ]);
  expect(nested({ wildcard: ['*', '**'] })?.[0]).toBe('field[0].anything-but.wildcard[1]');
  expect(nested({ 'equals-ignore-case': 7 })?.[1]).toBe('must be a text');
});

test('numbers are compared as numbers, and nothing else is', () => {
  const operators = {
    '=': (value: number, bound: number) => value === bound,
    '<': (value: number, bound: number) => value < bound,
    '<=': (value: number, bound: number) => value <= bound,
    '>': (value: number, bound: number) => value > bound,
    '>=': (value: number, bound: number) => value >= bound,
  };
  const names = fc.constantFrom(...(Object.keys(operators) as (keyof typeof operators)[]));
  const numbers = fc.oneof(
    fc.integer({ min: -3, max: 3 }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
  );
  fc.assert(
    fc.property(names, numbers, numbers, (name, value, bound) => {
      expect(passes({ numeric: [name, bound] }, value)).toBe(operators[name](value, bound));
      expect(passes({ numeric: [name, bound] }, String(value))).toBe(false);
    }),
  );
  const range = { numeric: ['>', 0, '<=', 5] };
  expect([0, 1, 5, 6].map((value) => passes(range, value))).toEqual([false, true, true, false]);
});

test('what numeric must not be', () => {
  const faults: [unknown, string, string][] = [
    [5, 'field[0].numeric', 'one or two comparisons'],
    [['>'], 'field[0].numeric', 'one or two comparisons'],
    [['>', 0, '<', 5, '=', 3], 'field[0].numeric', 'one or two comparisons'],
    [['!=', 5], 'field[0].numeric[0]', 'must be =, <'],
    [['>', '5'], 'field[0].numeric[1]', 'must be a number'],
    [['<', 5, '>', 0], 'field[0].numeric[0]', 'must be > or >='],
    [['>', 5, '=', 0], 'field[0].numeric[2]', 'must be < or <='],
    [['>', 5, '<', null], 'field[0].numeric[3]', 'must be a number'],
    [['>', 5, '<', 5], 'field[0].numeric[3]', 'greater than the lower'],
  ];
  for (const [operand, path, reason] of faults) {
    expect(fault({ field: [{ numeric: operand }] })).toEqual([
      path,
      expect.stringContaining(reason),
    ]);
  }
});

test('an address is within a block as its bits say', () => {
  const bits = (width: number) =>
    fc.array(fc.constantFrom('0', '1'), { minLength: width, maxLength: width });
  const kinds = [
    { width: 32, group: 8, write: (groups: number[]) => groups.join('.') },
    {
      width: 128,
      group: 16,
      write: (groups: number[]) => groups.map((one) => one.toString(16)).join(':'),
    },
  ];
  for (const { width, group, write } of kinds) {
    const addressOf = (all: readonly string[]) =>
      write(
        Array.from({ length: width / group }, (_, index) =>
          Number.parseInt(all.slice(index * group, (index + 1) * group).join(''), 2),
        ),
      );
    fc.assert(
      fc.property(bits(width), fc.nat(width - 1), fc.nat(width), (all, flipped, prefix) => {
        const other = all.with(flipped, all[flipped] === '0' ? '1' : '0');
        const cidr = `${addressOf(all)}/${prefix}`;
        expect(passes({ cidr }, addressOf(all))).toBe(true);
        expect(passes({ cidr }, addressOf(other))).toBe(flipped >= prefix);
      }),
    );
  }
  expect(passes({ cidr: '2001:db8::/32' }, '2001:DB8::1')).toBe(true);
  expect(passes({ cidr: '0.0.0.0/0' }, '::1')).toBe(false);
  expect(passes({ cidr: '::/0' }, '10.0.0.1')).toBe(false);
  for (const value of ['::ffff:10.0.0.1', '10.0.0', 'ten', 10, null, '10.0.0.1 ']) {
    expect(passes({ cidr: '10.0.0.0/8' }, value)).toBe(false);
  }
});

test('what cidr, exists and an operator must not be', () => {
  for (const cidr of [
    '10.0.0.0',
    '10.0.0.0/33',
    '::/129',
    '10.0.0/8',
    'a/8',
    '10.0.0.0/8/8',
    '10.0.0.0/',
    8,
  ]) {
    expect(fault({ field: [{ cidr }] })?.[0]).toBe('field[0].cidr');
  }
  expect(fault({ field: [{ exists: 'true' }] })?.[1]).toBe('must be true or false');
  expect(fault({ field: [{ prefix: { prefix: 'a' } }] })?.[0]).toBe('field[0].prefix');
  expect(fault({ field: ['a', { regex: 'a' }] })).toEqual([
    'field[1].regex',
    expect.stringContaining('prefix, suffix, equals-ignore-case, wildcard, anything-but'),
  ]);
  expect(fault({ field: [{ constructor: 'a' }] })?.[1]).toContain('is no operator');
  expect(fault({ field: [{}] })?.[1]).toContain('an object of one name');
  expect(fault({ field: [{ prefix: 'a', suffix: 'b' }] })?.[1]).toContain('an object of one name');
  expect(fault({ field: [['a']] })?.[1]).toContain('not a list');
});
