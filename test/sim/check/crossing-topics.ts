// I16: a topic that is made again under a name is another. Once the old one is over (its heads are
// deleted, or whoever deleted it was told so, or it has a successor), nothing that is asked then is
// stored in it, or read from it.

import type { Log } from '../logs.ts';
import { batchesOf, type Checker, type FinishedRun, nameOf, placesOf, told } from './check.ts';
import { logOf } from './inconsistent-offsets.ts';

export const crossingTopics: Checker = (run, index) => {
  const { history, logs } = run;
  const over = new Map(logs.map((log) => [log, overAt(log, run)]));
  const violations: string[] = [];
  for (const sent of batchesOf(history)) {
    const invoked = sent.request.attempts[0]?.invoked ?? 0;
    for (const { log } of placesOf(sent, index)) {
      if (invoked < (over.get(log) ?? 0)) continue;
      violations.push(`I16: ${told(sent)} was stored in a topic that was over before`);
    }
  }
  for (const { client, invoked, answer, ...place } of history.reads) {
    if (answer.kind !== 'records') continue;
    const log = logOf(answer.records, nameOf(place), index);
    if (log === undefined || invoked < (over.get(log) ?? 0)) continue;
    violations.push(`I16: ${client} read ${nameOf(place)} of a topic that was over before`);
  }
  return violations;
};

function overAt({ id, topic, named, gone }: Log, { history, logs }: FinishedRun): number {
  const deletions = history.topics.filter(
    (request) =>
      request.what === 'deletes' &&
      request.topic === topic &&
      request.answer === 'done' &&
      request.invoked > named,
  );
  const successors = logs.filter(
    (other) => other.topic === topic && other.id.topicId !== id.topicId && other.named > named,
  );
  return Math.min(
    gone,
    ...deletions.map(({ returned }) => returned),
    ...successors.map((successor) => successor.named),
  );
}
