// What the role of a function may do, action by action, as a template says it.

import { expect } from 'vitest';
import type { Statement } from './policy.ts';
import { flat, ofType, type Resources } from './template.ts';

export const list = <Of>(value: Of | Of[]): Of[] => (Array.isArray(value) ? value : [value]);

/** What every traced function may do besides. */
export const traces = ['xray:PutTelemetryRecords *', 'xray:PutTraceSegments *'];

/** Its statements. @param role its logical id, without its hash. */
export function rolePolicy(resources: Resources, role: string): Statement[] {
  return ofType(resources, 'AWS::IAM::Policy')
    .map(([, policy]) => policy)
    .filter((policy) => list(policy.Properties['Roles']).map(flat).includes(`<${role}>`))
    .flatMap((policy) => policy.Properties['PolicyDocument'].Statement);
}

/** `action resource`, sorted, of everything the role may do but traces; and which partition keys it
 * may do that to, where not to all. @param role its logical id, without its hash. */
export function permissionsOf(resources: Resources, role: string): string[] {
  return rolePolicy(resources, role)
    .flatMap((statement) => {
      expect(statement).toMatchObject({ Effect: 'Allow' });
      const targets = list(statement.Resource).map((to) => flat(to) + partitionKeys(statement));
      return list(statement.Action).flatMap((action) => targets.map((to) => `${action} ${to}`));
    })
    .filter((line) => !traces.includes(line))
    .sort();
}

/** There is no other condition, and this one holds only when a key is named: "all values" alone is
 * also true of none. */
function partitionKeys({ Condition: condition }: { readonly Condition?: object }): string {
  if (condition === undefined) return '';
  expect(condition).toEqual({
    'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': expect.anything() },
    Null: { 'dynamodb:LeadingKeys': 'false' },
  });
  const [{ 'dynamodb:LeadingKeys': keys }] = Object.values(condition);
  return ` (${list(keys).join(', ')})`;
}
