// What a policy says of a request, a resource's or a role's, as IAM evaluates it: as much of that
// as an engine's policies use. What it does not know it refuses to judge.
//
// Source: "Policy evaluation logic" and "IAM JSON policy elements: Condition operators" in IAM's
// User Guide.

import { list } from './permissions.ts';
import { flat } from './template.ts';

export interface Request {
  readonly action: string;
  /** As `flat` has it. */
  readonly resource: string;
  /** By whom: a service, or anybody else.
   * @default somebody of the account */
  readonly service?: string;
  /** What is known of it. A key that is not here is absent; a list is of a key that has several
   * values. */
  readonly context: Readonly<Record<string, string | readonly string[]>>;
}

export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  /** A role's own policy has none: it is about whoever has the role. */
  readonly Principal?: { readonly AWS?: string; readonly Service?: string };
  readonly Action: string | string[];
  // biome-ignore lint/suspicious/noExplicitAny: references have no type of their own.
  readonly Resource: any;
  // biome-ignore lint/suspicious/noExplicitAny: nor have they here.
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, any>>>>;
}

/** 'denied' wins. 'silent' leaves it to what the caller's own policy says. */
export function judge(
  statements: readonly Statement[],
  request: Request,
): 'allowed' | 'denied' | 'silent' {
  const applying = statements.filter((statement) => applies(statement, request));
  if (applying.some(({ Effect }) => Effect === 'Deny')) return 'denied';
  return applying.length > 0 ? 'allowed' : 'silent';
}

function applies(statement: Statement, { action, resource, service, context }: Request): boolean {
  const { Principal: principal, Condition: condition = {} } = statement;
  const isWho =
    principal === undefined ||
    principal.AWS === '*' ||
    (service !== undefined && principal.Service === service);
  return (
    isWho &&
    list(statement.Action).some((pattern) => isLike(action, pattern)) &&
    list(statement.Resource).some((pattern) => isLike(resource, flat(pattern))) &&
    Object.entries(condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, value]) => holds(operator, context[key], value)),
    )
  );
}

/** A key that is absent fulfils no operator but Null, and those of "all values": it has none. */
function holds(
  operator: string,
  actual: string | readonly string[] | undefined,
  // biome-ignore lint/suspicious/noExplicitAny: a reference, or a list.
  expected: any,
): boolean {
  if (operator === 'ForAllValues:StringLike') {
    const patterns = list(expected).map(flat);
    return [actual ?? []].flat().every((one) => patterns.some((pattern) => isLike(one, pattern)));
  }
  const value = flat(expected);
  switch (operator) {
    case 'Null':
      return (actual === undefined) === (value === 'true');
    case 'Bool':
    case 'StringEquals':
    case 'ArnEquals':
      return actual === value;
    case 'NumericLessThan':
      return actual !== undefined && Number(actual) < Number(value);
    default:
      throw new Error(`not known here: ${operator}`);
  }
}

function isLike(text: string, pattern: string): boolean {
  const form = pattern.replaceAll(/[^\w*]/g, String.raw`\$&`).replaceAll('*', '.*');
  return new RegExp(`^${form}$`).test(text);
}
