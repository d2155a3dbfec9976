// What may name a topic: Kafka's rule (org.apache.kafka.common.internals.Topic).

import { nameForm } from '../contract.ts';
import { topicNameLengthMax } from '../limits.ts';

/** What is wrong with a name, as the end of a sentence; undefined: nothing. */
export function topicNameFault(name: string): string | undefined {
  if (name.length === 0) return 'must not be empty';
  if (name === '.' || name === '..') return 'must not be "." or ".."';
  if (name.length > topicNameLengthMax) return `must be at most ${topicNameLengthMax} characters`;
  return nameForm.test(name)
    ? undefined
    : 'must be made of ASCII letters, digits, ".", "_" and "-"';
}
