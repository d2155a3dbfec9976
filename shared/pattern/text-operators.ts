// How a pattern compares texts: by their beginning or end, without regard to case, by a wildcard.
//
// Case is Unicode's, by code point and without a language.

import { matchesWildcard, parseWildcard } from './wildcard.ts';

export const textOperators = ['prefix', 'suffix', 'equals-ignore-case', 'wildcard'] as const;
export type TextOperator = (typeof textOperators)[number];

export function isTextOperator(name: string): name is TextOperator {
  return textOperators.some((one) => one === name);
}

export type TextCheck =
  | { readonly kind: 'check'; readonly holds: (text: string) => boolean }
  | { readonly kind: 'refused'; readonly reason: string };

export function textCheck(operator: TextOperator, wanted: string): TextCheck {
  switch (operator) {
    case 'prefix':
      return check((text) => text.startsWith(wanted));
    case 'suffix':
      return check((text) => text.endsWith(wanted));
    case 'equals-ignore-case':
      return equalIgnoringCase(wanted);
    case 'wildcard': {
      const wildcard = parseWildcard(wanted);
      if (wildcard.kind === 'refused') return wildcard;
      return check((text) => matchesWildcard(wildcard, text));
    }
  }
}

/** The same for what `equals-ignore-case` within a prefix or a suffix says. */
export function affixIgnoringCase(affix: 'prefix' | 'suffix', wanted: string): TextCheck {
  const folded = foldCase(wanted);
  const { length } = folded;
  // Folding never makes a text shorter, so that many characters of it are enough to look at.
  if (affix === 'prefix') {
    return check((text) => foldCase(text.slice(0, length)).startsWith(folded));
  }
  return check((text) => foldCase(text.slice(-length)).endsWith(folded));
}

function equalIgnoringCase(wanted: string): TextCheck {
  const folded = foldCase(wanted);
  return check((text) => text.length <= folded.length && foldCase(text) === folded);
}

/** Upper case last: what is lower case depends on what comes next (the Greek sigma). */
function foldCase(text: string): string {
  return text.toLowerCase().toUpperCase();
}

function check(holds: (text: string) => boolean): TextCheck {
  return { kind: 'check', holds };
}
