// What an account would lose if one template became another: CloudFormation replaces a resource of
// which certain properties change, and removes one whose logical id is gone.

import { fullDiff, ResourceImpact } from '@aws-cdk/cloudformation-diff';
import type { Resources } from './template.ts';

/** What holds something, or is known to others by its address. */
const kept: ReadonlySet<string> = new Set([
  'AWS::DynamoDB::Table',
  'AWS::S3::Bucket',
  'AWS::SQS::Queue',
  'AWS::Logs::LogGroup',
  // Its id is in the URL that callers have.
  'AWS::ApiGatewayV2::Api',
  // Another one is of another request: the old one is ended, with a topic that goes with its stack.
  'Custom::SluiceSubscription',
  'Custom::SluiceOwnTopic',
  'Custom::SluiceTopic',
]);

const harmless: ReadonlySet<ResourceImpact> = new Set([
  ResourceImpact.NO_CHANGE,
  ResourceImpact.WILL_UPDATE,
  ResourceImpact.WILL_CREATE,
]);

/** A line each. */
export function lossesOf(before: Resources, after: Resources): string[] {
  return [...replacedIn(before, after), ...unprotectedIn(before, after)].sort();
}

function replacedIn(before: Resources, after: Resources): string[] {
  const lines: string[] = [];
  const { resources } = fullDiff({ Resources: before }, { Resources: after });
  resources.forEachDifference((id, { oldResourceType: type = '', changeImpact: impact }) => {
    if (kept.has(type) && !harmless.has(impact)) lines.push(`${id} ${impact}`);
  });
  return lines;
}

function unprotectedIn(before: Resources, after: Resources): string[] {
  return Object.entries(before).flatMap(([id, was]) => {
    const is = after[id];
    if (is === undefined) return [];
    const policies = (['DeletionPolicy', 'UpdateReplacePolicy'] as const)
      .filter((policy) => was[policy] === 'Retain' && is[policy] !== 'Retain')
      .map((policy) => `${id} loses its ${policy}`);
    // CloudFormation refuses to update a custom resource that somebody else is to answer for.
    const [asked, asks] = [was, is].map((of) => JSON.stringify(of.Properties?.['ServiceToken']));
    return asked === asks ? policies : [...policies, `${id} is asked of another function`];
  });
}

/** A template as it is kept: what changes with each build is left out. */
export function normalised(resources: Resources): Resources {
  const told = Object.entries(resources)
    .filter(([, { Type }]) => Type !== 'AWS::CDK::Metadata')
    .map(
      ([id, { Metadata: _, ...resource }]: [string, Resources[string] & { Metadata?: object }]) => {
        const code = resource.Properties?.['Code'];
        if (code?.S3Key === undefined) return [id, resource];
        const Properties = { ...resource.Properties, Code: { ...code, S3Key: 'code' } };
        return [id, { ...resource, Properties }];
      },
    );
  return Object.fromEntries(told);
}
