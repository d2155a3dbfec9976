// The clock of the sweep. Only this account's schedules may use its role, and the role only starts
// the sweep.
//
// Source: "Confused deputy prevention in EventBridge Scheduler" in its User Guide.

import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { EngineFunction } from './engine-function.ts';

export interface SweepScheduleProps {
  readonly sweep: EngineFunction;
}

export class SweepSchedule extends Construct {
  constructor(scope: Construct, id: string, { sweep }: SweepScheduleProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const { functionArn } = sweep.function;
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
      description: 'Sluice: finds what lost wake-ups have left behind',
      scheduleExpression: 'rate(5 minutes)',
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
