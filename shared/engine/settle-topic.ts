// A topic that is to be there and to be so, for those who say what they want and not what has
// changed: stacks, which ask again after a failure, and take a change back by asking for what was
// before.
//
// - Who made it is its maker, and only he ends it. One that was there before has no maker; and who
//   finds one that another has made takes that name away: what two have wanted is neither's to end.
// - A setting that he no longer names is at its default again; those he never named are left alone.
// - Partitions are only added. Fewer are refused, except the number that was asked for before the
//   last growth: that is how a stack takes a change back, and a construct that was moved asks for
//   that number too, as one who never asked before. Where others have added some meanwhile, no
//   more than was asked for last time is not refused either: that may have been refused, and is
//   taken back.

import { EngineError } from '../errors.ts';
import { conflictTriesMax } from '../limits.ts';
import type { Action } from '../store/algebra.ts';
import { topicItem } from '../store/items.ts';
import type { Call, Engine } from './engine.ts';
import { ensureTopic } from './ensure-topic.ts';
import { deleteTopic } from './make-topics.ts';
import { pauseBefore } from './retry.ts';
import { freshTopic, type StoredTopic, type Topic } from './topic-cache.ts';
import { changeTopic, grow } from './topics.ts';

export type TopicWish = {
  /** @default as many as there are, and for a new one partitionsDefault */
  readonly partitions?: number;
  readonly configs: ReadonlyMap<string, string>;
};

export type WantedTopic = TopicWish & {
  readonly name: string;
  /** Who asks: the same text each time. */
  readonly maker: string;
  /** What he asked for the last time. @default he never did */
  readonly before?: TopicWish;
};

/** @returns the topic as it is then.
 * @throws EngineError INVALID_TOPIC_NAME, INVALID_PARTITIONS, INVALID_CONFIG, UNKNOWN_CONFIG,
 *   THROTTLED, UNAVAILABLE; of unknown outcome, and safe to send again: OUTCOME_UNKNOWN */
export function settleTopic(engine: Engine, call: Call, wanted: WantedTopic): Promise<Topic> {
  return untilSettled(engine, call, async () => {
    const { before, ...toCreate } = wanted;
    await ensureTopic(engine, call, toCreate);
    const found = await freshTopic(engine, call, wanted.name);
    const { partitions = found.partitions } = wanted;
    const { partitions: grownFrom = found.partitions } = wanted.before ?? {};
    const topic = isToGrow(found, wanted)
      ? await grow(engine, call, found, { partitions, grownFrom })
      : found;
    const actions = changesOf(topic, wanted);
    return actions.length === 0 ? topic : changeTopic(engine, call, topic, actions);
  });
}

/** Unless somebody else has made it, or it is gone: then there is nothing to do.
 * @throws EngineError THROTTLED, UNAVAILABLE; of unknown outcome, and safe to send again:
 *   OUTCOME_UNKNOWN */
export function endTopic(
  engine: Engine,
  call: Call,
  { name, maker }: Pick<WantedTopic, 'name' | 'maker'>,
): Promise<void> {
  return untilSettled(engine, call, async () => {
    try {
      await deleteTopic(engine, call, name, { maker });
    } catch (error) {
      if (!(error instanceof EngineError) || error.code !== 'UNKNOWN_TOPIC') throw error;
    }
  });
}

/** Also whether fewer are wanted in earnest, which growing refuses. */
function isToGrow({ partitions: there, grownFrom }: StoredTopic, wanted: WantedTopic): boolean {
  const { partitions = there, before } = wanted;
  if (partitions >= there) return partitions > there;
  const { partitions: last = there } = before ?? {};
  const isOvertaken = last < there && partitions <= last;
  return !isOvertaken && partitions !== grownFrom;
}

function changesOf(topic: StoredTopic, { configs, maker, before }: WantedTopic): Action[] {
  const isKept = (name: string) => !before?.configs.has(name) || configs.has(name);
  const kept = [...topic.configs].filter(([name]) => isKept(name));
  const settled = new Map([...kept, ...configs]);
  const isSettled =
    settled.size === topic.configs.size &&
    [...settled].every(([name, value]) => topic.configs.get(name) === value);
  const isAnothers = topic.maker !== undefined && topic.maker !== maker;
  return [
    ...(isSettled ? [] : [{ set: topicItem.configs, to: { value: Object.fromEntries(settled) } }]),
    ...(isAnothers ? [{ remove: topicItem.maker }] : []),
  ];
}

/** Each step of it may be done again, also where nobody knows whether it was done. */
async function untilSettled<Answer>(
  engine: Engine,
  call: Call,
  attempt: () => Promise<Answer>,
): Promise<Answer> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof EngineError) || error.outcome === 'definite') throw error;
      const pause = pauseBefore(tries, engine.chance);
      const isLate = engine.clock.now() + pause >= call.deadline;
      if (isLate || tries >= conflictTriesMax) throw error;
      await engine.clock.sleep(pause);
    }
  }
}
