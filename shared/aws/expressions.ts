// Compiles the table's algebra to DynamoDB's expressions.
//
//     set n to n + 3, append [ref] to r, if size(r) < 256
//       ->  UpdateExpression     SET #0=#0+:0,#1=list_append(#1,:1)
//           ConditionExpression  (attribute_exists(#2) AND size(#1)<:2)
//
// Every name is an alias (some of ours are reserved words) and so is every value. The same name,
// and the same scalar, has one alias: an expression may be 4 KB long, and an update that carries
// the stamps of many producers comes near it.
// Source: the Amazon DynamoDB Developer Guide, "Update expressions", "Condition and filter
// expressions", and "Service, account, and table quotas" (expression parameters).

import { assert } from '../assert.ts';
import { tableKeyNames } from '../contract.ts';
import { expressionBytesMax } from '../limits.ts';
import type { Action, Condition, Operand, Value } from '../store/algebra.ts';
import { checkActions, checkCondition } from '../store/check-write.ts';
import { type AttributeValues, toAttributeValue } from './attribute-values.ts';

export type ConditionParts = {
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: AttributeValues;
};

export type UpdateParts = ConditionParts & { readonly UpdateExpression: string };

/** What a PutItem or DeleteItem takes. No condition: nothing. */
export function compileCondition(condition: Condition | undefined): ConditionParts {
  if (condition === undefined) return {};
  checkCondition(condition);
  const aliases = noAliases();
  return {
    ConditionExpression: bounded(conditionText(condition, aliases)),
    ...aliasParts(aliases),
  };
}

/** What an UpdateItem takes. The condition always asks for the item, which DynamoDB's update would
 * create.
 * @throws AssertionError for what the algebra does not allow, or an expression has no room for. */
export function compileUpdate(
  actions: readonly Action[],
  condition: Condition | undefined,
): UpdateParts {
  checkActions(actions);
  if (condition !== undefined) checkCondition(condition);
  const aliases = noAliases();
  const present: Condition = { item: 'present' };
  const whole: Condition = condition === undefined ? present : { all: [present, condition] };
  return {
    UpdateExpression: bounded(updateText(actions, aliases)),
    ConditionExpression: bounded(conditionText(whole, aliases)),
    ...aliasParts(aliases),
  };
}

/** A Map's keys tell 1 from '1', find equal scalars, and keep objects apart by identity. */
type Aliases = { readonly names: Map<string, string>; readonly values: Map<Value, string> };

function noAliases(): Aliases {
  return { names: new Map(), values: new Map() };
}

function aliasOf<T>(known: Map<T, string>, sign: '#' | ':', of: T): string {
  const alias = known.get(of) ?? `${sign}${known.size}`;
  known.set(of, alias);
  return alias;
}

/** DynamoDB refuses an empty map of names or of values. */
function aliasParts({ names, values }: Aliases): ConditionParts {
  const nameEntries = [...names].map(([name, alias]) => [alias, name]);
  const valueEntries = [...values].map(([value, alias]) => [alias, toAttributeValue(value)]);
  return {
    ...(names.size > 0 && { ExpressionAttributeNames: Object.fromEntries(nameEntries) }),
    ...(values.size > 0 && { ExpressionAttributeValues: Object.fromEntries(valueEntries) }),
  };
}

function updateText(actions: readonly Action[], aliases: Aliases): string {
  const sets: string[] = [];
  const removes: string[] = [];
  for (const action of actions) {
    if ('set' in action) {
      sets.push(`${name(action.set, aliases)}=${operandText(action.to, aliases)}`);
    } else if ('append' in action) {
      const path = name(action.append, aliases);
      sets.push(`${path}=list_append(${path},${literal(action.values, aliases)})`);
    } else if ('setEntry' in action) {
      const path = entryPath(action.setEntry, action.entry, aliases);
      sets.push(`${path}=${literal(action.to, aliases)}`);
    } else if ('removeFirst' in action) {
      removes.push(...firstPaths(name(action.removeFirst, aliases), action.count));
    } else if ('removeEntry' in action) {
      removes.push(entryPath(action.removeEntry, action.entry, aliases));
    } else {
      removes.push(name(action.remove, aliases));
    }
  }
  const clauses = [clause('SET', sets), clause('REMOVE', removes)];
  return clauses.filter((text) => text !== '').join(' ');
}

function clause(keyword: 'SET' | 'REMOVE', parts: readonly string[]): string {
  return parts.length === 0 ? '' : `${keyword} ${parts.join(',')}`;
}

/** All indexes are of the list as it was; one past its end is no error. */
function firstPaths(path: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${path}[${index}]`);
}

function operandText(operand: Operand, aliases: Aliases): string {
  if ('value' in operand) return literal(operand.value, aliases);
  const path = name(operand.attribute, aliases);
  return operand.plus === undefined ? path : `${path}+${literal(operand.plus, aliases)}`;
}

function conditionText(condition: Condition, aliases: Aliases): string {
  if ('all' in condition) return joined(condition.all, 'AND', aliases);
  if ('any' in condition) return joined(condition.any, 'OR', aliases);
  if ('item' in condition) {
    return presenceText(name(tableKeyNames.partition, aliases), condition.item);
  }
  if ('sizeOf' in condition) {
    const path = name(condition.sizeOf, aliases);
    return `size(${path})${condition.is}${literal(condition.to, aliases)}`;
  }
  const { attribute, entry } = condition;
  const path =
    entry === undefined ? name(attribute, aliases) : entryPath(attribute, entry, aliases);
  if (!('to' in condition)) return presenceText(path, condition.is);
  return `${path}${condition.is}${literal(condition.to, aliases)}`;
}

function presenceText(path: string, is: 'present' | 'absent'): string {
  return `${is === 'present' ? 'attribute_exists' : 'attribute_not_exists'}(${path})`;
}

/** One part stands alone: DynamoDB refuses parentheses within parentheses. */
function joined(parts: readonly Condition[], by: 'AND' | 'OR', aliases: Aliases): string {
  const text = parts.map((part) => conditionText(part, aliases)).join(` ${by} `);
  return parts.length === 1 ? text : `(${text})`;
}

function name(attribute: string, aliases: Aliases): string {
  return aliasOf(aliases.names, '#', attribute);
}

function entryPath(attribute: string, entry: string, aliases: Aliases): string {
  return `${name(attribute, aliases)}.${name(entry, aliases)}`;
}

function literal(value: Value, aliases: Aliases): string {
  return aliasOf(aliases.values, ':', value);
}

function bounded(expression: string): string {
  const { length } = expression;
  assert(length <= expressionBytesMax, `an expression of ${length} bytes is too long for DynamoDB`);
  return expression;
}
