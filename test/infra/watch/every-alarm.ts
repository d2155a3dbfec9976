// An engine with every alarm that there can be, and the dashboard: with API keys, a console, and a
// source that sets aside what could not be stored, which is called NAME as the runbook calls it.

import type { Stack } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Auth } from '../../../infra/access/auth.ts';
import { MessageEngine } from '../../../infra/message-engine.ts';
import { IngestSource } from '../../../infra/triggers/ingest-source.ts';
import { Alarms } from '../../../infra/watch/alarms.ts';
import { newStack, ofType, type Resource, type Resources, resourcesOf } from '../template.ts';

export function stackOfEveryAlarm(alarms = Alarms.all()): [Stack, MessageEngine] {
  const stack = newStack();
  const auth = Auth.apiKeys();
  const engine = new MessageEngine(stack, 'Engine', { alarms, auth, console: true });
  const source = IngestSource.topic(new Topic(stack, 'Topic'));
  engine.ingestFrom(source, { topic: 'orders', name: 'NAME' });
  return [stack, engine];
}

export function resourcesOfEveryAlarm(): Resources {
  return resourcesOf(stackOfEveryAlarm()[0]);
}

export type MetricSaid = {
  readonly Namespace: string;
  readonly MetricName: string;
  /** As a template has them. */
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: never }[];
};

type Query = {
  readonly Expression?: string;
  readonly MetricStat?: { readonly Metric: MetricSaid };
};

/** The metrics that an alarm looks at, each of which is paid for. */
export function metricsOf({ Properties }: Resource): readonly MetricSaid[] {
  const { Metrics: queries } = Properties;
  if (queries === undefined) return [Properties as MetricSaid];
  return (queries as Query[]).flatMap(({ MetricStat }) => MetricStat?.Metric ?? []);
}

export function alarmsIn(resources: Resources): readonly (readonly [string, Resource])[] {
  return ofType(resources, 'AWS::CloudWatch::Alarm');
}
