// What cdk-nag finds in an engine that is as it should be, and why: one page for whoever reviews an
// account. Each is acknowledged in the construct that it is about, so that an app which is held to
// these rules hears of its own findings alone. An app that is not hears nothing.
//
// - A finding without an entry here fails a synth of ours, and an entry without a finding a test.
// - Nothing here needs cdk-nag: the library keeps what is acknowledged, for whoever asks.

import { type Acknowledgment, Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** By what is acknowledged. */
export const findings = {
  segmentsWithoutAccessLog: {
    id: 'AwsSolutions-S1',
    reason:
      "Of the stack only the engine's functions reach segments, and who called those is in the " +
      'access log of the API. A line for each GET and PUT is paid for as long as it is kept: the ' +
      'prop segmentAccessLogs asks for them.',
  },
  deadLettersEndHere: {
    id: 'Serverless-SQSRedrivePolicy',
    reason: 'It is a dead-letter queue itself: what is in it waits 14 days for people.',
  },
  deadLettersOfLambda: {
    id: 'AwsSolutions-SQS3',
    reason:
      'It is a dead-letter queue itself, that of a stream or of asynchronous calls: Lambda sends ' +
      'there what failed, and no other queue names it.',
  },
  queuesRedrive: {
    id: 'Serverless-LambdaEventSourceMappingDestination',
    reason:
      'Lambda knows destinations for streams alone. Messages that fail stay in their queue, and ' +
      'go where its redrive policy says.',
  },
  callersWaitOrComeAgain: {
    id: 'Serverless-LambdaDLQ',
    reason:
      'A dead-letter queue takes only what nobody waits for. The API, CloudFormation, queues and ' +
      'streams wait for the answer; other sources of an ingest have a failure destination; and ' +
      'what a clock starts does in its next run what it has not done.',
  },
  frameworkUntraced: {
    id: 'Serverless-LambdaTracing',
    reason: "It is the CDK's own, and hands what CloudFormation asks to a function that is traced.",
  },
  frameworkMemory: {
    id: 'Serverless-LambdaDefaultMemorySize',
    reason: "It is the CDK's own, and waits for another function: the least is enough.",
  },
} as const satisfies Record<string, Acknowledgment>;

/** By what a role may do: why its resource has a wildcard. */
export const wildcards = {
  segments:
    'Segments have drawn names, which nobody knows before they are written. Nothing else is ' +
    "below this prefix, and the bucket is the engine's own.",
  tableStreams:
    'dynamodb:ListStreams names no stream: it asks which ones this table has. Read is the one ' +
    'stream that the function is for.',
  traces: 'The two actions of X-Ray that send traces know no resource: IAM takes only a wildcard.',
  frameworkVersions:
    "It is the CDK's own, and names this one function with any version: it has none.",
} as const;

export type Wildcard = (typeof wildcards)[keyof typeof wildcards];

/** Not before the template is as it will be: only then a resource of another stack has the name
 * by which it is found here. */
export function acknowledgeWildcards(
  scope: IConstruct,
  resources: readonly string[],
  reason: Wildcard,
): void {
  const acknowledge = () => {
    for (const resource of resources) {
      const name = flat(Stack.of(scope).resolve(resource));
      Validations.of(scope).acknowledge({ id: `AwsSolutions-IAM5[Resource::${name}]`, reason });
    }
    return [];
  };
  scope.node.addValidation({ validate: acknowledge });
}

/** A resource's ARN as cdk-nag writes it in the name of a finding. */
function flat(value: unknown): string {
  if (typeof value === 'string') return value.replaceAll('${', '<').replaceAll('}', '>');
  if (typeof value !== 'object' || value === null) return '';
  const [[name, content] = []] = Object.entries(value);
  switch (name) {
    case 'Fn::Join':
      return content[1].map(flat).join(content[0]);
    case 'Fn::GetAtt':
      return `<${content.map(flat).join('.')}>`;
    case 'Fn::ImportValue':
      return flat(content);
    case 'Ref':
      return `<${flat(content)}>`;
    default:
      return JSON.stringify(value);
  }
}
