// What is lost when a stack is updated or deleted: nothing, unless it was said so. A stack of any
// release becomes one of today's, and keeps all that holds something; `cdk destroy` leaves it. And
// what would be lost is found.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { SluiceStack } from '../../infra/sluice-stack.ts';
import { everythingIn } from './everything.ts';
import { idOf, withoutHash } from './mappings.ts';
import { newApp, ofType, type Resource, type Resources, resourcesOf, theOnly } from './template.ts';
import { lossesOf } from './upgrade.ts';
import { alarmsIn, resourcesOfEveryAlarm } from './watch/every-alarm.ts';

const folder = 'test/infra/releases';
const sluice = new SluiceStack(newApp(), 'Sluice');
const stacks = { Sluice: resourcesOf(sluice), Everything: resourcesOf(everythingIn(newApp())) };
type Release = Readonly<Record<keyof typeof stacks, Resources>>;

const releases: [name: string, Release][] = readdirSync(folder).map((file) => [
  file,
  JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')),
]);

describe.each(releases)('an update from %s', (_, release) => {
  test('leaves the app’s stack what it has', () => {
    expect(lossesOf(release.Sluice, stacks.Sluice)).toEqual([]);
  });

  test('and one that uses everything', () => {
    expect(lossesOf(release.Everything, stacks.Everything)).toEqual([]);
  });

  test('leaves an alarm, if it is wanted, its id, of which its name and history are', () => {
    const ids = alarmsIn(release.Sluice).map(([id]) => id);
    expect(Object.keys(resourcesOfEveryAlarm())).toEqual(expect.arrayContaining(ids));
  });
});

describe('an update is told of when', () => {
  const before = stacks.Everything;
  const table = idOf(before, 'EngineTable');
  const jobs = idOf(before, 'EngineIngestsjobsTopic');
  const wakeUps = idOf(before, 'EngineTriggersWakeUpsQueue');
  const [[parcels = ''] = []] = ofType(before, 'Custom::SluiceOwnTopic');

  function changed(id: string, change: (resource: Resource) => Resource): Resources {
    return { ...before, [id]: change(structuredClone(before[id] as Resource)) };
  }

  function renamed(id: string): Resources {
    const { [id]: it, ...others } = before;
    return { ...others, [`${id}2`]: it as Resource };
  }

  function withProperties(id: string, properties: object): Resources {
    return changed(id, (of) => ({ ...of, Properties: { ...of.Properties, ...properties } }));
  }

  test.each<[what: string, after: Resources, lost: string]>([
    [
      'the table has other keys',
      withProperties(table, { KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }] }),
      `${table} WILL_REPLACE`,
    ],
    ['the table has another logical id', renamed(table), `${table} WILL_ORPHAN`],
    ['a queue has another', renamed(wakeUps), `${wakeUps} WILL_DESTROY`],
    [
      'a queue is of another kind',
      withProperties(wakeUps, { FifoQueue: false }),
      `${wakeUps} WILL_REPLACE`,
    ],
    ['a custom resource', renamed(jobs), `${jobs} WILL_DESTROY`],
    ['a topic that goes with the stack', renamed(parcels), `${parcels} WILL_DESTROY`],
    [
      'somebody else answers for it',
      withProperties(jobs, { ServiceToken: 'x' }),
      `${jobs} is asked of another function`,
    ],
    [
      'the table goes with its stack',
      changed(table, (of) => ({ ...of, DeletionPolicy: 'Delete' })),
      `${table} loses its DeletionPolicy`,
    ],
  ])('%s', (_, after, lost) => {
    expect(lossesOf(before, after)).toContain(lost);
  });
});

describe('cdk destroy', () => {
  /** Without a word about it CloudFormation deletes what is here. */
  const leftOf = (resources: Resources) =>
    Object.entries(resources)
      .filter(([, { DeletionPolicy = 'Delete' }]) => DeletionPolicy !== 'Delete')
      .map(([id]) => withoutHash(id));
  const idsOf = (resources: Resources, type: string) =>
    ofType(resources, type).map(([id]) => withoutHash(id));
  const isProtected = (resources: Resources) =>
    theOnly(resources, 'AWS::DynamoDB::Table').Properties['DeletionProtectionEnabled'];

  test('leaves records, index and logs, as a replacement of them does', () => {
    const resources = stacks.Sluice;
    const logs = idsOf(resources, 'AWS::Logs::LogGroup');
    expect(logs).toHaveLength(ofType(resources, 'AWS::Lambda::Function').length + 1);
    const stores = ['EngineSegmentsBucket', 'EngineTable'];
    expect(leftOf(resources).sort()).toEqual([...stores, ...logs].sort());
    for (const { DeletionPolicy, UpdateReplacePolicy } of Object.values(resources)) {
      expect(UpdateReplacePolicy).toBe(DeletionPolicy);
    }
  });

  test('does nothing until two protections are lifted', () => {
    expect(sluice.terminationProtection).toBe(true);
    expect(isProtected(stacks.Sluice)).toBe(true);
  });

  test('leaves what sources brought and nobody stored', () => {
    const queues = idsOf(stacks.Everything, 'AWS::SQS::Queue');
    const ofSources = queues.filter((id) => id.startsWith('EngineIngests'));
    expect(ofSources.length).toBeGreaterThan(0);
    expect(leftOf(stacks.Everything)).toEqual(expect.arrayContaining(ofSources));
  });

  test('leaves nothing of a trial, and is not refused', () => {
    const trial = new SluiceStack(newApp(), 'Sluice', { trial: true });
    const resources = resourcesOf(trial);
    expect(leftOf(resources)).toEqual([]);
    expect(trial.terminationProtection).toBe(false);
    expect(isProtected(resources)).toBe(false);
  });
});
