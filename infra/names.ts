// The names of topics, groups and subscriptions, as a stack may say them.

import { Token } from 'aws-cdk-lib';

/** Kafka's topic names, as log/topic-name.ts has them. A wildcard or a slash in one would widen a
 * grant; a character that is escaped in a path, or a step of one, would void it. */
const nameForm = /^(?!\.{1,2}$)[a-zA-Z0-9._-]{1,249}$/;

/** One that only the deployment knows is let through.
 * @throws TypeError that names the prop, its value and the form. */
export function checkName(prop: string, value: string | undefined): void {
  if (value === undefined || Token.isUnresolved(value) || nameForm.test(value)) return;
  const form = "1 to 249 of a-z, A-Z, 0-9, '.', '_', '-', and not '.' or '..'";
  throw new TypeError(`${prop} is '${value}': it must be ${form}`);
}

/** The part of a construct's id that tells it by that name; one that only the deployment knows
 * tells nothing. */
export function idOf(name: string): string {
  return Token.isUnresolved(name) ? 'Named' : name;
}
