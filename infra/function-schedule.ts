// A clock that starts a function. Only this account's schedules may use its role, and the role only
// starts that function.
//
// Source: "Confused deputy prevention in EventBridge Scheduler" in its User Guide.

import { type Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { EngineFunction } from './engine-function.ts';

export interface FunctionScheduleProps {
  readonly starts: EngineFunction;
  /** Whole minutes, more than one. */
  readonly every: Duration;
  /** What for. */
  readonly description: string;
}

export class FunctionSchedule extends Construct {
  constructor(scope: Construct, id: string, { starts, every, description }: FunctionScheduleProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const { functionArn } = starts.function;
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: {
          StringEquals: {
            'aws:SourceAccount': stack.account,
            'aws:SourceArn': stack.formatArn({
              service: 'scheduler',
              resource: 'schedule-group',
              resourceName: 'default',
            }),
          },
        },
      }),
    });
    const actions = ['lambda:InvokeFunction'];
    role.addToPolicy(new PolicyStatement({ actions, resources: [functionArn] }));
    const schedule = new CfnSchedule(this, 'Schedule', {
      description: `Sluice: ${description}`,
      scheduleExpression: `rate(${every.toMinutes()} minutes)`,
      flexibleTimeWindow: { mode: 'OFF' },
      // The next one comes soon enough.
      target: {
        arn: functionArn,
        roleArn: role.roleArn,
        retryPolicy: { maximumRetryAttempts: 0 },
      },
    });
    schedule.node.addDependency(role);
  }
}
