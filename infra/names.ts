// The names of topics, groups, subscriptions and engines, as a stack may say them.

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

/** Less than what a dimension in CloudWatch or an API's name may be, and nothing to escape. */
export const engineNameRules = { maxLength: 64, separator: '-', allowedSpecialCharacters: '._-' };
const engineNameForm = new RegExp(`^[a-zA-Z0-9._-]{1,${engineNameRules.maxLength}}$`);

/** @throws TypeError that names the prop, its value and the form. */
export function checkEngineName(value: string): void {
  if (Token.isUnresolved(value) || engineNameForm.test(value)) return;
  const form = `1 to ${engineNameRules.maxLength} of a-z, A-Z, 0-9, '.', '_', '-'`;
  throw new TypeError(`engineName is '${value}': it must be ${form}`);
}

/** The part of a construct's id that tells it by that name; one that only the deployment knows
 * tells nothing. */
export function idOf(name: string): string {
  return Token.isUnresolved(name) ? 'Named' : name;
}
