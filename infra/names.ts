// The names of topics, groups and subscriptions, as a stack may say them.

import { Token } from 'aws-cdk-lib';
import { nameForm } from '../shared/contract.ts';
import { topicNameLengthMax } from '../shared/limits.ts';

/** A wildcard or a slash in a name would widen a grant; a character that is escaped in a path, or a
 * step of one, would void it. One that only the deployment knows is let through.
 * @throws TypeError that names the prop, its value and the form. */
export function checkName(prop: string, value: string | undefined): void {
  if (value === undefined || Token.isUnresolved(value)) return;
  if (nameForm.test(value) && value !== '.' && value !== '..') return;
  const form = `1 to ${topicNameLengthMax} of a-z, A-Z, 0-9, '.', '_', '-', and not '.' or '..'`;
  throw new TypeError(`${prop} is '${value}': it must be ${form}`);
}

/** The part of a construct's id that tells it by that name; one that only the deployment knows
 * tells nothing. */
export function idOf(name: string): string {
  return Token.isUnresolved(name) ? 'Named' : name;
}
