// The app: one engine in one stack, in whatever account and region the CDK is run for.
//
// `-c trial=true` makes one to throw away: its bucket, table and logs go with the stack.

import { App, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { MessageEngine } from './message-engine.ts';

const app = new App();
const trial = String(app.node.tryGetContext('trial')) === 'true';
const stack = new Stack(app, 'Sluice', {
  description: 'Sluice: a message engine with no servers',
  terminationProtection: !trial,
});
const engine = new MessageEngine(stack, 'Engine', {
  removalPolicy: trial ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
});
new CfnOutput(stack, 'Endpoint', { value: engine.endpoint });
