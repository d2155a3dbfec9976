// Names in paths and queries: every letter that could mean something else is escaped.

import { expect, test } from 'vitest';
import { segment, withQuery } from '../../client/path.ts';

test('a name is one segment, whatever is in it', () => {
  expect(segment('groupId', "a-._~b/c d+é!'()*?#%")).toBe(
    'a-._~b%2Fc%20d%2B%C3%A9%21%27%28%29%2A%3F%23%25',
  );
  for (const name of ['', '.', '..', '\ud800', undefined as unknown as string]) {
    expect(() => segment('groupId', name), name).toThrow('groupId: must');
  }
});

test('a query says what is said, in its order', () => {
  expect(withQuery('/a', { one: 'x y', none: undefined, two: 0, three: '*' })).toBe(
    '/a?one=x%20y&two=0&three=%2A',
  );
  expect(withQuery('/a', { none: undefined })).toBe('/a');
});
