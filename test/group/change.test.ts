// Changes of a group: who is left, what they should have then, and what is written of it.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  changeGroup,
  type GroupState,
  membersAfter,
  type TopicNow,
  type Wishes,
} from '../../shared/group/change.ts';
import {
  type Group,
  isForgotten,
  newGroup,
  readGroup,
  sessionsOver,
} from '../../shared/group/group.ts';
import {
  type Member,
  type MemberSettings,
  newMember,
  readMember,
} from '../../shared/group/member.ts';
import { noTarget } from '../../shared/group/target.ts';
import {
  type EpochMillis,
  type GroupLife,
  type Incarnation,
  topicIdBytes,
  topicIdOf,
} from '../../shared/ids.ts';
import { offsetsRetentionMillis } from '../../shared/limits.ts';
import { keyOf } from '../../shared/store/algebra.ts';

const now = 1_000_000 as EpochMillis;
const names = ['anna', 'bert', 'carl', 'dora'] as const;
const orders: TopicNow = {
  name: 'orders',
  id: topicIdOf(new Uint8Array(topicIdBytes)),
  partitions: 6,
};

function memberOf(name: string): Member {
  const settings: MemberSettings = {
    format: 'binary',
    reset: 'latest',
    autoCommit: true,
    sessionMillis: 10,
    waitMillis: 0,
    bytesMin: 1,
  };
  const incarnation = `${name}!` as Incarnation;
  const member = readMember(
    newMember('shop', { instance: name, incarnation, settings, writer: '' }),
  );
  return { ...member, subscription: { kind: 'topics', topics: ['orders'] } };
}

function stateOf(members: readonly Member[], until = now): GroupState {
  const first = readGroup('shop', newGroup('shop', 'life' as GroupLife, 0 as EpochMillis));
  const sessions = new Map(members.map(({ incarnation }) => [incarnation, until]));
  return { group: { ...first, sessions }, members, target: noTarget };
}

function wishesOf(members: readonly Member[]): Wishes {
  return new Map(members.map(({ incarnation }) => [incarnation, [orders]]));
}

/** Everyone has some, as after a first change. */
function settled(members: readonly Member[]): GroupState {
  const state = stateOf(members);
  const { group, target } = changeGroup(
    state,
    { kind: 'topics' },
    { wishes: wishesOf(members), now },
  );
  return { ...state, group, target };
}

test('nothing to change, nothing written', () => {
  const members = names.map(memberOf);
  const state = settled(members);
  const again = changeGroup(state, { kind: 'topics' }, { wishes: wishesOf(members), now });
  expect(again).toEqual({ group: state.group, target: state.target, writes: [] });
});

test('whoever goes, in whatever way, owns nothing; what was his goes to the others', () => {
  const some = fc.subarray([...names], { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(some, fc.boolean(), (gone, byThemselves) => {
      const members = names.map(memberOf);
      const state = settled(members);
      const over = gone.map((name) => memberOf(name).incarnation);
      const kind = byThemselves && over.length === 1 ? 'leaves' : 'over';
      const change = { kind, gone: over } as const;
      const left = membersAfter(state, change);
      const next = changeGroup(state, change, { wishes: wishesOf(left), now });
      expect(next.group.generation).toBe(state.group.generation + 1);
      expect(next.target.generation).toBe(next.group.generation);
      const owners = new Set(next.target.topics.flatMap((topic) => topic.owners));
      expect(owners).toEqual(new Set(left.map(({ incarnation }) => incarnation)));
      expect([...next.group.sessions.keys()]).toEqual(left.map(({ incarnation }) => incarnation));
      const keys = next.writes.map((write) => keyOf(write).sk);
      expect(keys).toEqual(['group', 'target', ...gone.map((name) => `member#${name}`)]);
    }),
  );
});

test('an instance that subscribes to nothing goes without a new generation', () => {
  const members = [...names.slice(1).map(memberOf), { ...memberOf('anna'), subscription: none }];
  const state = settled(members.slice(0, 3));
  const all = {
    ...state,
    members,
    group: { ...state.group, sessions: stateOf(members).group.sessions },
  };
  const leaves = memberOf('anna').incarnation;
  const next = changeGroup(
    all,
    { kind: 'leaves', gone: [leaves] },
    { wishes: wishesOf(members.slice(0, 3)), now },
  );
  expect(next.group.generation).toBe(state.group.generation);
  expect(next.writes.map((write) => keyOf(write).sk)).toEqual(['group', 'member#anna']);
});

const none = { kind: 'none' } as const;

test('whoever subscribes makes a new generation, though it may give him nothing', () => {
  const members = names.map(memberOf);
  const state = settled(members);
  const member = { ...memberOf('anna') };
  const subscribes = {
    member,
    subscription: { kind: 'topics', topics: ['none'] },
    writer: 'w',
  } as const;
  const change = { kind: 'subscribes', ...subscribes } as const;
  const wishes = new Map([...wishesOf(membersAfter(state, change))]).set(member.incarnation, []);
  const next = changeGroup(state, change, { wishes, now });
  expect(next.group.generation).toBe(state.group.generation + 1);
  expect(next.target.topics[0]?.owners).not.toContain(member.incarnation);
});

test('a topic that grew, or was made again, makes a new target', () => {
  const members = names.map(memberOf);
  const state = settled(members);
  for (const topic of [
    { ...orders, partitions: 7 },
    { ...orders, id: topicIdOf(new Uint8Array(topicIdBytes).fill(1)) },
  ]) {
    const wishes = new Map(members.map(({ incarnation }) => [incarnation, [topic]]));
    const next = changeGroup(state, { kind: 'topics' }, { wishes, now });
    expect(next.target.topics).toMatchObject([{ id: topic.id }]);
    expect(next.target.topics[0]?.owners).toHaveLength(topic.partitions);
  }
});

test('sessions are over when their time has passed, by the clock that is asked', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), (until, at) => {
      const { group } = stateOf([memberOf('anna')], until as EpochMillis);
      expect(sessionsOver(group, at as EpochMillis)).toHaveLength(until < at ? 1 : 0);
    }),
  );
});

test('offsets are forgotten once nobody was in the group for the retention, and not before', () => {
  const group: Group = { ...stateOf([]).group, lastSeen: now };
  const until = (now + 5) as EpochMillis;
  const withOne = { ...group, sessions: new Map([['a' as Incarnation, until]]) };
  const after = (millis: number) => (now + millis) as EpochMillis;
  expect(isForgotten(group, after(offsetsRetentionMillis))).toBe(false);
  expect(isForgotten(group, after(offsetsRetentionMillis + 1))).toBe(true);
  expect(isForgotten(withOne, after(offsetsRetentionMillis + 5))).toBe(false);
  expect(isForgotten(withOne, after(offsetsRetentionMillis + 6))).toBe(true);
});
