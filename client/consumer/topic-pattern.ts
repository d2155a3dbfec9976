// What a consumer subscribes to, as the engine takes it: names, or one pattern for all of them. The
// engine's patterns are of RE2's syntax, without look-around and back-references, and mean a whole
// name.

import { invalid } from '../errors.ts';

export type Subscription =
  | { readonly topics: readonly string[] }
  | { readonly topic_pattern: string };

/** @throws SluiceError of what is neither a name nor an expression, and of a flag that RE2 has
 *   not. */
export function subscriptionTo(wanted: readonly (string | RegExp)[]): Subscription {
  for (const one of wanted) {
    if (one !== '' && (typeof one === 'string' || one instanceof RegExp)) continue;
    throw invalid('topics', 'each must be a name or a regular expression');
  }
  const names = wanted.filter((one) => typeof one === 'string');
  if (names.length === wanted.length) return { topics: [...new Set(names)] };
  return { topic_pattern: wanted.map(patternOf).join('|') };
}

function patternOf(wanted: string | RegExp): string {
  if (typeof wanted === 'string') return wanted.replace(/[.\\+*?()|[\]{}^$]/g, '\\$&');
  if (wanted.sticky) throw invalid('topics', `${wanted}: the flag y has no meaning here`);
  const flags = [...wanted.flags].filter((flag) => 'ims'.includes(flag)).join('');
  const group = flags === '' ? '(?:' : `(?${flags}:`;
  return `(?s:.*)${group}${inRe2(wanted.source)})(?s:.*)`;
}

/** What RE2 writes otherwise. */
function inRe2(source: string): string {
  return source
    .replace(/\\u\{?([0-9a-fA-F]{4,6})\}?/g, '\\x{$1}')
    .replace(/\(\?<([A-Za-z_]\w*)>/g, '(?P<$1>')
    .replace(/\\\//g, '/');
}
