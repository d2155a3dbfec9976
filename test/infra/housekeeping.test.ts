// From a roll to whoever looks after its partition, as a template has it; what the clocks start;
// and when people are told.

import { describe, expect, test } from 'vitest';
import { MessageEngine } from '../../infra/message-engine.ts';
import { environmentNames, rolledChunk } from '../../shared/contract.ts';
import { housekeepingMillisMax } from '../../shared/housekeeping-limits.ts';
import type { TopicId } from '../../shared/ids.ts';
import { objectCallMillisMax } from '../../shared/limits.ts';
import { chunkKey } from '../../shared/store/items.ts';
import { environmentOf, mappingOf, named, referred, scheduleOf } from './mappings.ts';
import { permissionsOf } from './permissions.ts';
import { storePermissions } from './store-permissions.ts';
import { engineResources, flat, newStack, ofType, resourcesOf } from './template.ts';

const resources = engineResources();
const [rolls, upkeep, survey, collect] = ['Rolls', 'Upkeep', 'Survey', 'Collect'].map(
  (name) => `EngineHousekeeping${name}`,
) as [string, string, string, string];
const partitions = '<EngineHousekeepingPartitionsQueue>';
const logs = (name: string) => [
  `logs:CreateLogStream <${name}Log>`,
  `logs:PutLogEvents <${name}Log>`,
];
const timeoutOf = (name: string) => named(resources, `${name}Function`).Properties['Timeout'];

describe('a roll', () => {
  const mapping = mappingOf(resources, '<EngineTable>', `<${rolls}Function>`);

  test('is told, a minute’s at once, and no other change of the table is', () => {
    const patterns = mapping['FilterCriteria'].Filters.map((one: { Pattern: string }) =>
      JSON.parse(one.Pattern),
    );
    const { sortKeyPrefix: prefix } = rolledChunk;
    expect(patterns).toEqual([
      { eventName: ['INSERT'], dynamodb: { Keys: { sk: { S: [{ prefix }] } } } },
    ]);
    expect(chunkKey({ topicId: 'x' as TopicId, partition: 0 }, 7).sk.startsWith(prefix)).toBe(true);
    expect(mapping['MaximumBatchingWindowInSeconds']).toBe(60);
  });

  test('is read by the second of two readers: DynamoDB slows a third down', () => {
    const sources = ofType(resources, 'AWS::Lambda::EventSourceMapping').map(([, { Properties }]) =>
      flat(Properties['EventSourceArn']),
    );
    expect(sources.filter((source) => source === '<EngineTable>')).toHaveLength(2);
  });

  test('that cannot be told holds up no shard for good, and is set aside', () => {
    expect(mapping).toMatchObject({
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 1_000,
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 10,
    });
    const aside = flat(mapping['DestinationConfig'].OnFailure.Destination);
    expect(aside).toBe('<EngineHousekeepingUntoldRollsQueue>');
    expect(referred(resources, aside).Properties['MessageRetentionPeriod']).toBe(14 * 86_400);
  });

  test('is told on by who sees neither table nor bucket', () => {
    expect(permissionsOf(resources, `${rolls}Role`)).toEqual(
      [
        'dynamodb:DescribeStream <EngineTable>',
        'dynamodb:GetRecords <EngineTable>',
        'dynamodb:GetShardIterator <EngineTable>',
        'dynamodb:ListStreams <EngineTable>/stream/*',
        'sqs:SendMessage <EngineHousekeepingUntoldRollsQueue>',
        `sqs:SendMessage ${partitions}`,
        ...logs(rolls),
      ].sort(),
    );
  });
});

describe('a partition', () => {
  test('is named where whoever looks after it is started from, by rolls and by the survey', () => {
    for (const name of [rolls, survey]) {
      const told = environmentOf(resources, `${name}Function`);
      expect(told[environmentNames.upkeepQueueUrl]).toBe(partitions);
    }
    const mapping = mappingOf(resources, partitions);
    expect(flat(mapping['FunctionName'])).toBe(`<${upkeep}Function>`);
    // What fails is an error of the function's, and counted.
    expect(mapping).not.toHaveProperty('FunctionResponseTypes');
    expect(mapping).toMatchObject({ BatchSize: 1, ScalingConfig: { MaximumConcurrency: 5 } });
  });

  test('is looked after beside as many others as are let', () => {
    const more = engineResources({ housekeepingConcurrency: 40 });
    const { ScalingConfig } = mappingOf(more, partitions);
    expect(ScalingConfig).toEqual({ MaximumConcurrency: 40 });
  });

  test('waits in a FIFO queue: it is a group, and is not looked after twice at once', () => {
    const { Properties } = referred(resources, partitions);
    expect(Properties).toMatchObject({
      FifoQueue: true,
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
    });
    expect(Properties).not.toHaveProperty('ContentBasedDeduplication');
  });

  test('is given again when six runs could have ended, five times, and is then set aside', () => {
    const { VisibilityTimeout, RedrivePolicy, MessageRetentionPeriod } = referred(
      resources,
      partitions,
    ).Properties;
    expect(VisibilityTimeout).toBe(6 * timeoutOf(upkeep));
    expect(RedrivePolicy.maxReceiveCount).toBe(5);
    expect(MessageRetentionPeriod).toBeGreaterThan(5 * VisibilityTimeout);
    const aside = referred(resources, flat(RedrivePolicy.deadLetterTargetArn)).Properties;
    expect(aside).toMatchObject({ FifoQueue: true, MessageRetentionPeriod: 14 * 86_400 });
  });

  test('is changed by who may change partitions, and nothing else', () => {
    const polls = ['DeleteMessage', 'GetQueueAttributes', 'ReceiveMessage'];
    expect(permissionsOf(resources, `${upkeep}Role`)).toEqual(
      [
        ...storePermissions.upkeep,
        ...polls.map((does) => `sqs:${does} ${partitions}`),
        ...logs(upkeep),
      ].sort(),
    );
  });

  test('is looked after by a function with the memory for a merge, and time for several', () => {
    const { MemorySize, Timeout } = named(resources, `${upkeep}Function`).Properties;
    expect(MemorySize).toBe(2_048);
    expect(Timeout * 1_000).toBeGreaterThan(10 * objectCallMillisMax);
    expect(Timeout * 1_000).toBeLessThanOrEqual(housekeepingMillisMax);
  });
});

describe('by the clock', () => {
  test('every partition is named once an hour, by who sees topics alone', () => {
    const schedule = scheduleOf(resources, `<${survey}Function>`);
    expect(schedule['ScheduleExpression']).toBe('rate(60 minutes)');
    expect(permissionsOf(resources, `${survey}Role`)).toEqual(
      [...storePermissions.survey, `sqs:SendMessage ${partitions}`, ...logs(survey)].sort(),
    );
  });

  test('what nobody reaches is cleared away every six hours, by the one who may delete', () => {
    const schedule = scheduleOf(resources, `<${collect}Function>`);
    expect(schedule['ScheduleExpression']).toBe('rate(360 minutes)');
    expect(timeoutOf(collect) * 1_000).toBe(housekeepingMillisMax);
    expect(permissionsOf(resources, `${collect}Role`)).toEqual(
      [...storePermissions.collect, ...logs(collect)].sort(),
    );
    const deleters = ofType(resources, 'AWS::IAM::Role')
      .map(([id]) => flat({ Ref: id }).slice(1, -1))
      .filter((role) => permissionsOf(resources, role).join().includes('s3:DeleteObject'));
    expect(deleters).toEqual([`${collect}Role`]);
  });

  test('each is started by a role that starts nothing else', () => {
    for (const name of [survey, collect]) {
      const role = flat(scheduleOf(resources, `<${name}Function>`)['Target'].RoleArn);
      expect(permissionsOf(resources, role.slice(1, -1))).toEqual([
        `lambda:InvokeFunction <${name}Function>`,
      ]);
    }
  });
});

describe('people are told', () => {
  const alarms = ofType(resources, 'AWS::CloudWatch::Alarm').map(([, alarm]) => alarm.Properties);

  test('when something is set aside, waits for hours, or fails', () => {
    const said = alarms.map((alarm) => {
      const { MetricName: metric, Statistic: statistic, Threshold: threshold } = alarm;
      const minutes = (alarm['Period'] / 60) * alarm['EvaluationPeriods'];
      const of = flat(alarm['Dimensions'][0].Value).slice(1, -1).replace('EngineHousekeeping', '');
      return `${metric} of ${of}: ${statistic} >= ${threshold} for ${minutes} min`;
    });
    const day = 86_400_000;
    expect(said).toEqual([
      'ApproximateNumberOfMessagesVisible of PartitionsDeadLettersQueue: Maximum >= 1 for 5 min',
      'ApproximateNumberOfMessagesVisible of UntoldRollsQueue: Maximum >= 1 for 5 min',
      'ApproximateAgeOfOldestMessage of PartitionsQueue: Maximum >= 10800 for 15 min',
      `IteratorAge of RollsFunction: Maximum >= ${day / 24} for 15 min`,
      'Errors of RollsFunction: Sum >= 3 for 60 min',
      'Errors of UpkeepFunction: Sum >= 3 for 60 min',
      'Errors of SurveyFunction: Sum >= 3 for 60 min',
      'Errors of CollectFunction: Sum >= 3 for 60 min',
    ]);
  });

  test('what it means and what to do, in as many words as an alarm has', () => {
    for (const { AlarmDescription: text } of alarms) {
      expect(text).toMatch(/^Sluice: [a-z].*\.$/);
      expect(text.length).toBeLessThanOrEqual(1_024);
    }
  });

  test('and nobody is told of what an idle engine does not say', () => {
    for (const alarm of alarms) {
      expect(alarm).toMatchObject({
        TreatMissingData: 'notBreaching',
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      });
    }
  });

  test('in a way of their own: an engine says which alarms it has', () => {
    const stack = newStack();
    const engine = new MessageEngine(stack, 'Engine');
    const tell = {
      bind: () => ({ alarmActionArn: 'arn:aws:sns:eu-central-1:123456789012:people' }),
    };
    for (const alarm of engine.alarms) alarm.addAlarmAction(tell);
    const own = ofType(resourcesOf(stack), 'AWS::CloudWatch::Alarm');
    expect(own.map(([, { Properties }]) => Properties['AlarmActions'].length)).toEqual(
      alarms.map(() => 1),
    );
  });
});
