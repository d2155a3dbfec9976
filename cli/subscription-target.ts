// To whom a subscription gives records, as options.

import type { Command } from 'commander';
import type { SubscriptionTarget } from '../client/admin/subscription-types.ts';
import { UsageError } from './faults.ts';

export function withTarget(command: Command): Command {
  return command
    .option('--lambda <function>', 'give records to a function: its name or ARN')
    .option('--sqs <url>', 'or to a queue')
    .option('--https <url>', 'or to an endpoint');
}

export type TargetOptions = {
  readonly lambda?: string;
  readonly sqs?: string;
  readonly https?: string;
};

export function targetIn({ lambda, sqs, https }: TargetOptions): SubscriptionTarget | undefined {
  const targets: (SubscriptionTarget | undefined)[] = [
    lambda === undefined ? undefined : { type: 'lambda', function: lambda },
    sqs === undefined ? undefined : { type: 'sqs', queueUrl: sqs },
    https === undefined ? undefined : { type: 'https', url: https },
  ];
  const [target, another] = targets.filter((one) => one !== undefined);
  if (another !== undefined) throw new UsageError('--lambda, --sqs and --https: say one of them');
  return target;
}

export function targetText(target: SubscriptionTarget): string {
  switch (target.type) {
    case 'lambda':
      return target.function;
    case 'sqs':
      return target.queueUrl;
    case 'https':
      return target.url;
  }
}
