// The app: one engine in one stack, in whatever account and region the CDK is run for, held to the
// rules of cdk-nag: a finding that nobody has acknowledged (acknowledged.ts) ends the synth.
//
// `-c trial=true` makes one to throw away.

import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { SluiceStack } from './sluice-stack.ts';

const app = new App();
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
new SluiceStack(app, 'Sluice', { trial: String(app.node.tryGetContext('trial')) === 'true' });
