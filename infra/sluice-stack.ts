// The stack of the app: one engine, and where it is called.

import { CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { MessageEngine } from './message-engine.ts';

export interface SluiceStackProps {
  /** One to throw away: its bucket, table and logs go with it.
   * @default false: they stay, and the stack itself is protected against deletion */
  readonly trial?: boolean;
}

export class SluiceStack extends Stack {
  constructor(scope: Construct, id: string, { trial = false }: SluiceStackProps = {}) {
    super(scope, id, {
      description: 'Sluice: a message engine with no servers',
      terminationProtection: !trial,
    });
    const engine = new MessageEngine(this, 'Engine', {
      removalPolicy: trial ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
    });
    new CfnOutput(this, 'Endpoint', { value: engine.endpoint });
  }
}
