// The rules of cdk-nag: what is found in an engine has been looked at, finding by finding, and an
// app that is held to them hears of nothing that is ours.

import { readdirSync, readFileSync } from 'node:fs';
import { type App, Stack, Validations } from 'aws-cdk-lib';
import { Tracing } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { describe, expect, test } from 'vitest';
import { findings, wildcards } from '../../infra/acknowledged.ts';
import { MessageEngine } from '../../infra/message-engine.ts';
import { SluiceStack } from '../../infra/sluice-stack.ts';
import { everythingIn } from './everything.ts';
import { newApp } from './template.ts';

const reasons: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(findings).map(([name, { reason }]) => [name, reason])),
  ...wildcards,
};

/** The whole list: which rules find what is acknowledged for a reason, and where in an engine. */
const looked: Readonly<Record<keyof typeof findings | keyof typeof wildcards, [RegExp, RegExp]>> = {
  segmentsWithoutAccessLog: [/^AwsSolutions-S1$/, /^Segments\/Bucket$/],
  deadLettersEndHere: [/^Serverless-SQSRedrivePolicy$/, /(DeadLetters|UnroutedAppends)\/Queue$/],
  deadLettersOfLambda: [
    /^AwsSolutions-SQS3$/,
    /^(Table\/UnroutedAppends|(Housekeeping|Ingests\/\w+)\/DeadLetters)\/Queue$/,
  ],
  queuesRedrive: [
    /^Serverless-LambdaEventSourceMappingDestination$/,
    /^(Triggers\/WakeUps\/(WakeUps|Forwarding)|Ingests\/(jobs|steps)\/Mapping)$/,
  ],
  callersWaitOrComeAgain: [/^Serverless-LambdaDLQ$/, /\/(Function|framework-onEvent)$/],
  frameworkUntraced: [/^Serverless-LambdaTracing$/, /\/framework-onEvent$/],
  frameworkMemory: [/^Serverless-LambdaDefaultMemorySize$/, /\/framework-onEvent$/],
  segments: [wildcardOn(String.raw`<EngineSegmentsBucket\w+\.Arn>/segments/\*`), /\/Role$/],
  tableStreams: [
    wildcardOn(String.raw`.*(EngineTable|Carts|Prices).*/stream/\*`),
    /^(Triggers\/Route|Housekeeping\/Upkeep|Ingests\/(carts|prices)\/Ingest)\/Role$/,
  ],
  traces: [wildcardOn(String.raw`\*`), /\/Role$/],
  frameworkVersions: [
    wildcardOn(String.raw`<EngineTriggersProvisionerProvisionFunction\w+\.Arn>:\*`),
    /^Triggers\/Provisioner\/FrameworkRole$/,
  ],
};

function wildcardOn(resource: string): RegExp {
  return new RegExp(String.raw`^AwsSolutions-IAM5\[Resource::${resource}\]$`);
}

interface Finding {
  readonly id: string;
  readonly path: string;
}

const packsOf = (app: App) => [new AwsSolutionsChecks(app), new ServerlessChecks(app)];

/** What those packs say of engines. */
function saidBy(packs: ReturnType<typeof packsOf>, app: App): readonly Finding[] {
  return packs
    .flatMap((pack) => pack.validateScope(app).violations)
    .flatMap(({ ruleName: id, violatingResources }) =>
      violatingResources.map(({ constructPath: path = '' }) => ({ id, path })),
    )
    .filter(({ path }) => path.includes('/Engine/'));
}

/** What is found, be it acknowledged or not. */
function foundIn(app: App): readonly Finding[] {
  const packs = packsOf(app);
  for (const pack of packs) Object.defineProperty(pack, 'isAcknowledged', { value: () => false });
  return saidBy(packs, app);
}

function acknowledgedIn(app: App): readonly (Finding & { readonly reason: string })[] {
  return app.node.findAll().flatMap(({ node: { path, metadata } }) =>
    metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.entries<string>(data))
      .map(([id, reason]) => ({ id: id.replace('Annotation::', ''), path, reason })),
  );
}

const covers = (acknowledged: Finding, { id, path }: Finding) =>
  acknowledged.id === id && `${path}/`.startsWith(`${acknowledged.path}/`);

function synthesized(addTo: (app: App) => unknown) {
  const app = newApp();
  addTo(app);
  app.synth();
  return { app, found: foundIn(app), acknowledged: acknowledgedIn(app) };
}

const whole = synthesized(everythingIn);
const asItIs = synthesized((app) => new SluiceStack(app, 'Sluice'));

describe.each([
  ['the app', asItIs],
  ['an app that uses everything', whole],
])('in %s', (_, { app, found, acknowledged }) => {
  test('each finding is acknowledged, for one reason, which is that of its place', () => {
    expect(found.length).toBeGreaterThan(0);
    for (const finding of found) {
      const own = acknowledged.filter((one) => covers(one, finding)).map(({ reason }) => reason);
      const place = finding.path
        .replace(/^.*\/Engine\//, '')
        .replace(/(\/DefaultPolicy)?\/Resource$/, '');
      const due = Object.entries(looked)
        .filter(([, [rule, at]]) => rule.test(finding.id) && at.test(place))
        .map(([name]) => reasons[name]);
      expect(due, `${finding.id} at ${place}`).toHaveLength(1);
      expect([...new Set(own)], `${finding.id} at ${place}`).toEqual(due);
    }
  });

  test('nothing is acknowledged that is not found', () => {
    const idle = acknowledged.filter((one) => !found.some((finding) => covers(one, finding)));
    expect(idle).toEqual([]);
  });

  test('whoever holds it to the rules hears of nothing of an engine', () => {
    expect(saidBy(packsOf(app), app)).toEqual([]);
  });
});

test('every reason is one of something that is found', () => {
  const given = new Set(whole.acknowledged.map(({ reason }) => reason));
  expect([...given].sort()).toEqual(Object.values(reasons).sort());
});

test('nothing is excused that somebody has asked for, or has done without', () => {
  const { app, found, acknowledged } = synthesized((it) => {
    const stack = new Stack(it, 'Other');
    const segmentAccessLogs = new Bucket(stack, 'Lines');
    return new MessageEngine(stack, 'Engine', { tracing: Tracing.DISABLED, segmentAccessLogs });
  });
  const idle = acknowledged.filter((one) => !found.some((finding) => covers(one, finding)));
  expect(idle).toEqual([]);
  const said = saidBy(packsOf(app), app).map(({ id }) => id);
  expect(new Set(said)).toEqual(new Set(['Serverless-LambdaTracing']));
});

test('a finding that nobody has looked at ends the synth', () => {
  const app = newApp();
  Validations.of(app).addPlugins(...packsOf(app));
  const stack = new SluiceStack(app, 'Sluice');
  expect(() => app.synth()).not.toThrow();
  new Queue(stack, 'Bare');
  expect(() => app.synth({ force: true })).toThrow('Sluice/Bare/Resource');
});

test('the construct does without cdk-nag: only the app names it', () => {
  const all = readdirSync('infra', { recursive: true, encoding: 'utf8' });
  const files = all.filter((file) => file.endsWith('.ts'));
  const naming = files.filter((file) =>
    readFileSync(`infra/${file}`, 'utf8').includes("from 'cdk-nag'"),
  );
  expect(naming).toEqual(['app.ts']);
});
