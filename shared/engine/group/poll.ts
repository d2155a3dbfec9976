// Poll: the one request by which an instance lives. In this order:
//
// - its session is renewed, and sessions that are seen over are ended;
// - what polls before this have delivered is committed, where the instance commits of itself;
// - where its group's target is new, leases are given up and taken;
// - records are fetched from its positions, waiting for them if need be;
// - its positions are moved on, on condition that no other request has moved them;
// - only then are the records given.
//
// A poll that meets another request of its instance gives nothing, and moves nothing: its client
// may have given it up, and sought. Who never hears the answer of a poll begins a new instance: it
// may be under way yet, and positions move on behind it.

import { isSubscribed, type MemberSettings } from '../../group/member.ts';
import type { EpochMillis } from '../../ids.ts';
import type { Call, Engine } from '../engine.ts';
import { asDefinite } from '../retry.ts';
import { attendPoll } from './attend.ts';
import { meetTopics } from './change-group.ts';
import { fetchHoldings, noteFetched } from './fetch-holdings.ts';
import { interruptionOf, prepareMember } from './prepare-member.ts';
import type { InstanceName } from './read-group.ts';
import { saveMember } from './save-member.ts';
import { type Render, takeTexts } from './take-texts.ts';

/** Of its time, what a poll keeps to move its positions. */
const positionMillis = 1_000;

export type Poll = InstanceName & {
  /** undefined: as the instance is set. */
  readonly waitMillis: number | undefined;
  /** A first text that is larger is still given. */
  readonly bytesMax: number;
  /** Whether records of a topic may be given. @param isNamed the instance has asked for it by name:
   * what this throws ends the poll, before anything but leases is changed. @default all may */
  readonly mayRead?: (topic: string, isNamed: boolean) => boolean;
  /** Asked before anything of the instance is changed but its session: what it throws ends the poll
   * there. */
  readonly render: (settings: MemberSettings) => Render;
};

export type Polled = {
  readonly texts: readonly string[];
  /** Of the group, for a transaction that takes what was given. */
  readonly generation: number;
};

/** @throws EngineError of `render`; UNKNOWN_INSTANCE, ILLEGAL_STATE, OFFSET_OUT_OF_RANGE,
 *   FORMAT_MISMATCH, DAMAGED, THROTTLED, UNAVAILABLE; of unknown outcome, which is to say that
 *   positions may have moved: OUTCOME_UNKNOWN */
export async function poll(engine: Engine, call: Call, request: Poll): Promise<Polled> {
  const startedAt = engine.clock.now();
  for (;;) {
    const polled = await pollOnce(engine, call, request, startedAt);
    if (polled !== 'interrupted') return polled;
  }
}

async function pollOnce(
  engine: Engine,
  call: Call,
  { waitMillis, bytesMax, mayRead = () => true, render, ...name }: Poll,
  startedAt: EpochMillis,
): Promise<Polled | 'interrupted'> {
  const attendance = await attendPoll(engine, call, name, ({ settings }) => {
    return waitMillis ?? settings.waitMillis;
  });
  const renderRecord = render(attendance.member.settings);
  const prepared = await prepareMember(engine, call, attendance).catch(asDefinite);
  if (prepared === 'collided') return { texts: [], generation: attendance.group.generation };
  const { member, generation } = prepared;
  if (member.holdings.length === 0 && !isSubscribed(member)) return { texts: [], generation };
  // As to Kafka's pattern subscribers, others' topics are none to them.
  const isNamed = member.subscription.kind !== 'pattern';
  const readable = member.holdings.filter(({ topic }) => mayRead(topic, isNamed));
  const until = startedAt + (waitMillis ?? member.settings.waitMillis);
  const fetched = await fetchHoldings(engine, call, {
    ...member,
    holdings: readable,
    until: Math.min(until, call.deadline - positionMillis) as EpochMillis,
    bytesMax,
    take: takeTexts(renderRecord),
    interruption: interruptionOf(engine, call, prepared),
  });
  const { turn, given: texts, end } = fetched;
  const holdings = member.holdings.map((holding) => {
    return fetched.holdings[readable.indexOf(holding)] ?? holding;
  });
  if (end === 'gone' && isSubscribed(member)) await meetTopics(engine, call, name.group);
  if (holdings.some((holding, at) => holding !== prepared.stored[at])) {
    const saved = await saveMember(engine, call, { group: name.group, member }, { holdings, turn });
    if (saved === 'collided') return { texts: [], generation };
  }
  noteFetched(engine, call, { ...fetched, records: texts.length });
  return end === 'interrupted' ? end : { texts, generation };
}
