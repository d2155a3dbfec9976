// From a roll to who looks after its partition, as a template has it, and what the clocks start.

import { describe, expect, test } from 'vitest';
import { rolledChunk } from '../../shared/contract.ts';
import { housekeepingMillisMax } from '../../shared/housekeeping-limits.ts';
import type { TopicId } from '../../shared/ids.ts';
import { chunkKey } from '../../shared/store/items.ts';
import { mappingOf, named, referred, scheduleOf } from './mappings.ts';
import { permissionsOf } from './permissions.ts';
import { storePermissions } from './store-permissions.ts';
import { engineResources, flat, ofType } from './template.ts';

const resources = engineResources();
const upkeep = 'EngineHousekeepingUpkeep';
const collect = 'EngineHousekeepingCollect';
const deadLetters = '<EngineHousekeepingDeadLettersQueue>';
const logs = (name: string) => [
  `logs:CreateLogStream <${name}Log>`,
  `logs:PutLogEvents <${name}Log>`,
];
const timeoutOf = (name: string) => named(resources, `${name}Function`).Properties['Timeout'];

describe('a roll', () => {
  const mapping = mappingOf(resources, '<EngineTable>', `<${upkeep}Function>`);

  test('is told, those of five minutes at once, and no other change of the table is', () => {
    const patterns = mapping['FilterCriteria'].Filters.map((one: { Pattern: string }) =>
      JSON.parse(one.Pattern),
    );
    const { sortKeyPrefix: prefix } = rolledChunk;
    expect(patterns).toEqual([
      { eventName: ['INSERT'], dynamodb: { Keys: { sk: { S: [{ prefix }] } } } },
    ]);
    expect(chunkKey({ topicId: 'x' as TopicId, partition: 0 }, 7).sk.startsWith(prefix)).toBe(true);
    expect(mapping['MaximumBatchingWindowInSeconds']).toBe(300);
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
      BatchSize: 10_000,
      MaximumRetryAttempts: 2,
    });
    const aside = flat(mapping['DestinationConfig'].OnFailure.Destination);
    expect(aside).toBe(deadLetters);
    expect(referred(resources, aside).Properties['MessageRetentionPeriod']).toBe(14 * 86_400);
  });

  test('has its partition looked after beside as many others of the shard as are let', () => {
    expect(mapping['ParallelizationFactor']).toBe(1);
    const more = engineResources({ housekeepingConcurrency: 10 });
    const { ParallelizationFactor } = mappingOf(more, '<EngineTable>', `<${upkeep}Function>`);
    expect(ParallelizationFactor).toBe(10);
  });
});

describe('a partition', () => {
  test('is changed by who may change partitions, and nothing else', () => {
    expect(permissionsOf(resources, `${upkeep}Role`)).toEqual(
      [
        ...storePermissions.upkeep,
        'dynamodb:DescribeStream <EngineTable>',
        'dynamodb:GetRecords <EngineTable>',
        'dynamodb:GetShardIterator <EngineTable>',
        'dynamodb:ListStreams <EngineTable>/stream/*',
        `sqs:SendMessage ${deadLetters}`,
        ...logs(upkeep),
      ].sort(),
    );
  });

  test('is looked after by a function with the memory for a merge, and time for many', () => {
    const { MemorySize, Timeout } = named(resources, `${upkeep}Function`).Properties;
    expect(MemorySize).toBe(2_048);
    expect(Timeout * 1_000).toBe(housekeepingMillisMax);
  });
});

describe('by the clock', () => {
  test('every partition is looked after once an hour', () => {
    const schedule = scheduleOf(resources, `<${upkeep}Function>`);
    expect(schedule['ScheduleExpression']).toBe('rate(60 minutes)');
  });

  test('what nobody reaches is cleared away every three hours, by the one who may delete', () => {
    const schedule = scheduleOf(resources, `<${collect}Function>`);
    expect(schedule['ScheduleExpression']).toBe('rate(180 minutes)');
    expect(timeoutOf(collect) * 1_000).toBe(housekeepingMillisMax);
    expect(named(resources, `${collect}Function`).Properties['MemorySize']).toBe(2_048);
    expect(permissionsOf(resources, `${collect}Role`)).toEqual(
      [...storePermissions.collect, ...logs(collect)].sort(),
    );
    const deleters = ofType(resources, 'AWS::IAM::Role')
      .map(([id]) => flat({ Ref: id }).slice(1, -1))
      .filter((role) => permissionsOf(resources, role).join().includes('s3:DeleteObject'));
    expect(deleters).toEqual([`${collect}Role`]);
  });

  test('each is started by a role that starts nothing else', () => {
    for (const name of [upkeep, collect]) {
      const role = flat(scheduleOf(resources, `<${name}Function>`)['Target'].RoleArn);
      expect(permissionsOf(resources, role.slice(1, -1))).toEqual([
        `lambda:InvokeFunction <${name}Function>`,
      ]);
    }
  });
});

test('a collector that fails is tried again: one run in three hours would never be told of', () => {
  const invoked = ofType(resources, 'AWS::Lambda::EventInvokeConfig');
  const ofCollect = invoked.filter(([, { Properties }]) =>
    flat(Properties['FunctionName']).includes(collect),
  );
  expect(ofCollect).toEqual([]);
});
