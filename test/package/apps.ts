// The apps of the package's users, as text: one as it is run, one as it is compiled, and those that
// the pages show a part of.

import { readFileSync } from 'node:fs';
import { fencesIn, pageNames } from '../docs/page.ts';

/** By `import`, and by `require` as apps do that are still CommonJS. */
export const app = `
import { createRequire } from 'node:module';
import { App, Stack } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { DeliveryTarget, IngestSource, MessageEngine, Topic } from 'sluice-cdk';

const required = createRequire(import.meta.url)('sluice-cdk');
if (required.MessageEngine !== MessageEngine) throw new Error('there are two of them');

const app = new App({ outdir: 'cdk.out' });
const stack = new Stack(app, 'App');
const engine = new MessageEngine(stack, 'Engine', { produceConcurrency: 200 });
const topic = new Topic(stack, 'orders', { engine, partitions: 12 });
engine.deliverTo(DeliveryTarget.queue(new Queue(stack, 'Out')), { topic });
engine.ingestFrom(IngestSource.queue(new Queue(stack, 'In')), { topic: 'orders' });
app.synth();
`;

/** What is wrong on purpose must stay wrong: types that were lost would let it pass. */
export const typedApp = `
import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import {
  Alarms,
  Auth,
  type Delivery,
  type DeliveryProps,
  DeliveryTarget,
  type IMessageEngine,
  type Ingest,
  IngestSource,
  MessageEngine,
  type MessageEngineProps,
  Topic,
} from 'sluice-cdk';

const stack = new Stack(new App(), 'App');
const props: MessageEngineProps = {
  auth: Auth.iam(),
  alarms: Alarms.essential({ lag: Duration.hours(2) }),
  timeout: Duration.seconds(20),
};
const made = new MessageEngine(stack, 'Engine', props);
const engine: IMessageEngine = made;
const shop = new Role(stack, 'Shop', { assumedBy: new AccountRootPrincipal() });
engine.grantProduce(shop, 'orders').assertSuccess();
const orders = new Topic(stack, 'orders', { engine: made, configs: { 'retention.ms': '1000' } });
const how: DeliveryProps = { topic: orders, maxRecordsPerSecond: 100 };
const delivery: Delivery = made.deliverTo(DeliveryTarget.queue(new Queue(stack, 'Out')), how);
const ingest: Ingest = made.ingestFrom(IngestSource.queue(new Queue(stack, 'In')), {
  topic: 'orders',
});
new CfnOutput(stack, 'Name', { value: delivery.subscriptionName + ingest.node.path });
for (const alarm of made.alarms) alarm.addAlarmAction();

// @ts-expect-error: it is a number
new MessageEngine(stack, 'Wrong', { memorySize: '1024' });
// @ts-expect-error: no topic has it
new Topic(stack, 'Misspelt', { engine: made, configs: { 'retention.sm': '1' } });
// @ts-expect-error: there is none
made.grantEverything(shop);
`;

/** What a page's parts of an app name, and do not make. */
const named = `
import type { Stack } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { JwtAuth } from 'sluice-cdk';

declare const shop: IGrantable, warehouse: IGrantable, billing: IGrantable, operator: IGrantable;
declare const payment: IFunction, incoming: IQueue, people: ITopic;
declare const issuer: string, scopes: JwtAuth['scopes'];
`;

const offered = ['Alarms', 'Auth', 'DeliveryTarget', 'IngestSource', 'MessageEngine', 'Topic'];

/** By file name: each part that a page shows, within an app. What it imports it imports itself; of
 * one that imports nothing it is understood. */
export const shownApps: ReadonlyMap<string, string> = new Map(
  pageNames.flatMap((page) =>
    fencesIn(readFileSync(page, 'utf8'))
      .filter(({ language, text }) => language === 'ts' && text.includes('MessageEngine('))
      .map(({ text }, index) => {
        const [imports = ''] = /^import .*$/m.exec(text) ?? [];
        const understood = `import { ${offered.join(', ')} } from 'sluice-cdk';`;
        const body = `export function shown(this: Stack) {\n${text.replace(imports, '')}}\n`;
        const name = `${page.replace(/.*\//, '').replace('.md', '')}-${index}.ts`;
        return [name, [named, imports || understood, '', body, 'void SnsAction;'].join('\n')];
      }),
  ),
);
