// Patterns in tests: parsed or the test fails, and asked in one word.

import { expect } from 'vitest';
import type { JsonValue } from '../../shared/json.ts';
import { matchesNode, type Pattern, parsePattern } from '../../shared/pattern/event-pattern.ts';

export function patternOf(json: unknown): Pattern {
  const parsed = parsePattern(json);
  if (parsed.kind === 'malformed') expect.fail(`${parsed.path}: ${parsed.reason}`);
  return parsed.pattern;
}

export function matches(pattern: unknown, event: JsonValue): boolean {
  return matchesNode(patternOf(pattern), event);
}

/** Whether one matcher lets a value pass. */
export function passes(matcher: unknown, value: JsonValue): boolean {
  return matches({ field: [matcher] }, { field: value });
}

/** @returns where, and why; undefined: it is none. */
export function fault(pattern: unknown): readonly [path: string, reason: string] | undefined {
  const parsed = parsePattern(pattern);
  return parsed.kind === 'malformed' ? [parsed.path, parsed.reason] : undefined;
}
