// Each checker of groups is shown a good history, in which it must find nothing, and a bad one, in
// which it must find what is wrong; so is the watch, of what is written.

import { expect, test } from 'vitest';
import { memoryObjects } from '../../local/memory-objects.ts';
import { newGroup, readGroup, renewal } from '../../shared/group/group.ts';
import { commitWrite, newLease, releaseWrite, takeWrite } from '../../shared/group/lease.ts';
import { encodeTarget } from '../../shared/group/target.ts';
import {
  type EpochMillis,
  groupLifeOf,
  type Incarnation,
  topicIdBytes,
  topicIdOf,
} from '../../shared/ids.ts';
import { newHead } from '../../shared/log/head.ts';
import type { Write } from '../../shared/store/algebra.ts';
import { groupItem, groupKey, leaseItem, leaseKey } from '../../shared/store/group-items.ts';
import { ReplicatedTable } from '../world/replicated-table.ts';
import { seededChance } from '../world/seeded-chance.ts';
import { VirtualTime } from '../world/virtual-time.ts';
import type { Checker } from './check/check.ts';
import { type GroupFacts, noGroups } from './check/check.ts';
import { exactlyOnce } from './check/exactly-once.ts';
import { fencedCommits } from './check/fenced-commits.ts';
import { givenAgain } from './check/given-again.ts';
import { keptWhileNamed } from './check/kept-while-named.ts';
import { sessions } from './check/sessions.ts';
import { takenPositions } from './check/taken-positions.ts';
import { vanished } from './check/vanished.ts';
import { GroupWatch } from './group-watch.ts';
import { addLog, emptyRun, type HandMade, judge, recordAt } from './hand-made.ts';
import type { GroupAnswer, GroupRequest } from './history.ts';
import { LogWatch } from './log-watch.ts';

const group = 'readers';
const place = { topic: 'orders', partition: 0 };

function ask(
  { history }: HandMade,
  what: GroupRequest['what'],
  [invoked, returned]: readonly [number, number],
  more: Partial<GroupRequest> = {},
): void {
  const client = { client: 'c1', process: 'p0', group, instance: 'c1', life: 'c1.0' };
  const answer: GroupAnswer = { kind: 'done' };
  const request = { ...client, what, invoked, returned, answer, commitsOfItself: false };
  history.groups.push({ ...request, ...more });
}

/** Records from an offset on, as a poll gives them. */
function given(ids: readonly string[], first: number): Partial<GroupRequest> {
  const records = ids.map((id, at) => ({ ...recordAt(id, first + at), ...place }));
  return { answer: { kind: 'done', records, generation: 1 } };
}

function facts(some: Partial<GroupFacts>) {
  return { ...noGroups, topics: new Set(['orders']), ...some };
}

const commit = { group, ...place, offset: 1, instance: 'c1', event: 5 };
const topicId = topicIdOf(new Uint8Array(topicIdBytes));
const anew = { topicId: topicIdOf(new Uint8Array(topicIdBytes).fill(1)) };
const taken = { group, ...place, topicId, instance: 'c1', committed: 1, event: 5 };
const ended = { group, instance: 'c1', event: 5, at: 100 as EpochMillis };

/** Of a poll by who keeps his own positions. */
const told: GroupAnswer = { kind: 'done', held: [{ ...place, takenIn: 1, isRevoked: false }] };

type Tale = (run: HandMade) => Partial<GroupFacts>;

const stories: readonly (readonly [string, Checker, Tale, Tale])[] = [
  [
    'a record that is given to nobody',
    vanished,
    (run) => {
      addLog(run, [['a'], ['b']]);
      ask(run, 'poll', [1, 2], given(['a', 'b'], 0));
      return {};
    },
    (run) => {
      addLog(run, [['a'], ['b']]);
      ask(run, 'poll', [1, 2], given(['a'], 0));
      ask(run, 'poll', [3, 4], { ...given(['b'], 1), answer: { kind: 'lost' } });
      return {};
    },
  ],
  [
    'a group that does not come to its end',
    vanished,
    (run) => {
      ask(run, 'poll', [1, 2]);
      return {};
    },
    (run) => {
      ask(run, 'poll', [1, 2]);
      return { isDrained: false };
    },
  ],
  [
    'what is given after it was committed',
    givenAgain,
    (run) => {
      addLog(run, [['a'], ['b']]);
      ask(run, 'poll', [4, 6], given(['a'], 0));
      ask(run, 'poll', [7, 8], given(['b'], 1));
      return { commits: [commit] };
    },
    (run) => {
      addLog(run, [['a'], ['b']]);
      ask(run, 'poll', [6, 7], given(['a'], 0));
      return { commits: [commit] };
    },
  ],
  [
    'a commit by who does not have the partition',
    fencedCommits,
    (run) => {
      ask(run, 'commit', [4, 6], { offsets: [{ ...place, offset: 1 }] });
      return { commits: [commit] };
    },
    (run) => {
      ask(run, 'commit', [4, 6], { offsets: [{ ...place, offset: 1 }], instance: 'c2' });
      return { commits: [commit] };
    },
  ],
  [
    'a partition that is read from elsewhere than was committed',
    takenPositions,
    (run) => {
      addLog(run, [['a'], ['b'], ['c']]);
      ask(run, 'poll', [4, 6], given(['b'], 1));
      return { takes: [taken] };
    },
    (run) => {
      addLog(run, [['a'], ['b'], ['c']]);
      ask(run, 'poll', [4, 6], given(['c'], 2));
      return { takes: [taken] };
    },
  ],
  [
    'a session that is ended too early',
    sessions,
    (run) => {
      ask(run, 'leave', [4, 6]);
      return { ends: [{ ...ended, until: 200 as EpochMillis }] };
    },
    () => ({ ends: [{ ...ended, until: 200 as EpochMillis }] }),
  ],
  [
    'a partition that is taken from who names it',
    keptWhileNamed,
    (run) => {
      ask(run, 'poll', [4, 6], { answer: told });
      ask(run, 'poll', [7, 8], { named: [], answer: told });
      return { takes: [taken, { ...taken, instance: 'c2', event: 10 }] };
    },
    (run) => {
      ask(run, 'poll', [4, 6], { answer: told });
      ask(run, 'poll', [7, 8], { named: [{ ...place, takenIn: 1 }], answer: told });
      return { takes: [taken, { ...taken, instance: 'c2', event: 10 }] };
    },
  ],
  [
    'one of a topic that was made anew',
    keptWhileNamed,
    (run) => {
      ask(run, 'poll', [4, 6], { answer: told });
      ask(run, 'poll', [7, 8], { named: [{ ...place, takenIn: 1 }], answer: told });
      return { takes: [taken, { ...taken, ...anew, instance: 'c2', event: 10 }] };
    },
    (run) => {
      ask(run, 'poll', [4, 6], { answer: told });
      ask(run, 'poll', [7, 8], { named: [{ ...place, takenIn: 1 }], answer: told });
      const again = { ...taken, ...anew, event: 5 };
      return { takes: [taken, again, { ...again, instance: 'c2', event: 10 }] };
    },
  ],
  [
    'a record that two were made of',
    exactlyOnce,
    (run) => {
      addDerived(run, 'orders-0:0', 'orders-0:1');
      return {};
    },
    (run) => {
      addDerived(run, 'orders-0:0', 'orders-0:0');
      return {};
    },
  ],
  [
    'a record that is committed, and nothing made of it',
    exactlyOnce,
    (run) => {
      addDerived(run, 'orders-0:0');
      return { processed: new Map([['orders-0', 1]]) };
    },
    (run) => {
      addDerived(run, 'orders-0:0');
      return { processed: new Map([['orders-0', 2]]) };
    },
  ],
];

function addDerived(run: HandMade, ...sources: readonly string[]): void {
  addLog(run, [['a'], ['b']]);
  const log = addLog(run, [], { topicId: 'second' });
  const records = sources.map((source, offset) => {
    return { ...recordAt(`x${offset}`, offset), value: Buffer.from(`x${offset}|<${source}`) };
  });
  run.logs[run.logs.indexOf(log)] = { ...log, topic: 'derived', records };
}

test.each(stories)('%s is found', (_, check, ...tales) => {
  const [good, bad] = tales.map((tell) => {
    const run = emptyRun();
    const groups = facts(tell(run));
    return judge(check, { ...run, groups });
  });
  expect(good).toEqual([]);
  expect(bad).not.toEqual([]);
});

const id = { topicId, partition: 0 };
const life = groupLifeOf(new Uint8Array(9));
const [anna, bert] = ['anna', 'bert'] as unknown as [Incarnation, Incarnation];
const key = { name: 'shop', life };
const leased = { id, topic: 'orders', generation: 1 };
const at = (offset: number) => ({ offset, metadata: '', at: 0 as EpochMillis });
const tenure = { id, owner: anna, fence: 1 };
const lease = (owner: Incarnation, fence: number): Write => ({
  put: {
    ...leaseKey('shop', id),
    ...newLease('orders', life),
    [leaseItem.owner]: owner,
    [leaseItem.fence]: fence,
  },
});
const sessionsAre = (value: Readonly<Record<string, number>>): Write => ({
  update: groupKey('shop'),
  actions: [{ set: groupItem.sessions, to: { value } }],
});

const target = (owner: Incarnation): Write => {
  const topics = [{ name: 'orders', id: id.topicId, owners: [owner] }];
  return { put: encodeTarget('shop', { generation: 0, topics }) };
};

async function watched(writes: readonly Write[]): Promise<GroupWatch> {
  let event = 0;
  const next = () => event++;
  const now = () => 50 as EpochMillis;
  const stored = new ReplicatedTable({ clock: new VirtualTime(), chance: seededChance(1) });
  const watch = new GroupWatch({ stored, next, now });
  const logs = new LogWatch({ stored, next, now, others: watch.changed });
  const { table } = logs.around({ objects: memoryObjects() });
  const first = newGroup('shop', life, 0 as EpochMillis);
  const there = { ...first, [groupItem.sessions]: { [anna]: 100, [bert]: 100 } };
  const all = [{ put: newHead(id) }, { put: there }, target(anna), ...writes];
  for (const write of all) await table.write(write);
  expect(readGroup('shop', stored.peek(groupKey('shop')) ?? expect.fail()).generation).toBe(0);
  return watch;
}

test('a life without fault: taken, committed, given up, taken by another', async () => {
  const { violations, commits } = await watched([
    takeWrite(key, leased, anna, undefined),
    commitWrite(key, tenure, at(0)),
    target(bert),
    releaseWrite('shop', tenure),
    renewal('shop', bert, 200 as EpochMillis),
  ]);
  expect(violations).toEqual([]);
  expect(commits).toHaveLength(1);
});

test.each([
  ['I21: it was taken from', [lease(anna, 1), lease(bert, 2)]],
  ['its fence was not raised', [lease(anna, 1), lease(bert, 1)]],
  ['took it, and is not to have it', [lease(bert, 1)]],
  ['gave it up, and is to have it', [lease(anna, 1), releaseWrite('shop', tenure)]],
  ['I18: its fence fell', [lease(anna, 2), lease(anna, 1)]],
  ['and the log ends at 0', [lease(anna, 1), commitWrite(key, tenure, at(1))]],
  ['I22: a session was made shorter', [sessionsAre({ [anna]: 50, [bert]: 100 })]],
  ['is in it again', [sessionsAre({ [bert]: 100 }), sessionsAre({ [anna]: 200, [bert]: 100 })]],
] as const)('%s is found', async (complaint, writes) => {
  expect((await watched(writes)).violations.join('\n')).toContain(complaint);
});
