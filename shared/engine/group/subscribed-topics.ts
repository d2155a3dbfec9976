// The topics that subscriptions mean, as they are now. A name that is no topic means none, until it
// is one. A pattern is the caller's regular expression, so it runs on an engine whose time is
// linear in the text: RE2's syntax, without look-around and back-references.

import { RE2JS } from 're2js';
import { EngineError } from '../../errors.ts';
import type { Subscription } from '../../group/member.ts';
import { topicPatternStepsMax } from '../../limits.ts';
import type { Call, Engine } from '../engine.ts';
import { inRuns } from '../in-runs.ts';
import { freshTopic, type Topic, topicNamed } from '../topic-cache.ts';
import { listTopics } from '../topics.ts';

const topicReadsInFlightMax = 32;

/** @param options.isFresh not from what this process knows.
 * @returns by name. */
export async function subscribedTopics(
  engine: Engine,
  call: Call,
  subscriptions: readonly Subscription[],
  { isFresh }: { readonly isFresh: boolean },
): Promise<ReadonlyMap<string, Topic>> {
  const topics = new Map<string, Topic>();
  const patterns = subscriptions.filter(({ kind }) => kind === 'pattern');
  if (patterns.length > 0) {
    const all = await listTopics(engine, call);
    for (const topic of all) topics.set(topic.name, topic);
  }
  const named = new Set(subscriptions.flatMap((one) => (one.kind === 'topics' ? one.topics : [])));
  const find = isFresh ? freshTopic : topicNamed;
  const unknown = [...named].filter((name) => !topics.has(name));
  const found = await inRuns(unknown, topicReadsInFlightMax, (name) =>
    find(engine, call, name).catch(orNone),
  );
  for (const topic of found) if (topic !== undefined) topics.set(topic.name, topic);
  return topics;
}

function orNone(error: unknown): undefined {
  if (!(error instanceof EngineError) || error.code !== 'UNKNOWN_TOPIC') throw error;
  return undefined;
}

/** Those of the names that a subscription means. */
export function namesMeant(
  subscription: Subscription,
  names: readonly string[],
): readonly string[] {
  switch (subscription.kind) {
    case 'topics': {
      const wanted = new Set(subscription.topics);
      return names.filter((name) => wanted.has(name));
    }
    case 'pattern': {
      const pattern = compiled(subscription.pattern);
      return names.filter((name) => pattern.matches(name));
    }
    default:
      return [];
  }
}

/** @throws EngineError INVALID_FIELD: it is no regular expression, asks for what takes more than
 *   linear time, or is too large. */
export function checkPattern(pattern: string): void {
  compiled(pattern);
}

const field = 'topic_pattern';

function compiled(pattern: string): RE2JS {
  const program = parsed(pattern);
  if (program.programSize() <= topicPatternStepsMax) return program;
  const message = `${field}: its repetitions must say at most ${topicPatternStepsMax} steps`;
  throw new EngineError('INVALID_FIELD', message, { field, limit: topicPatternStepsMax });
}

function parsed(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    const message = `${field}: must be a regular expression in RE2's syntax`;
    throw new EngineError('INVALID_FIELD', message, { field, cause: error });
  }
}
