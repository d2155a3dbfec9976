// What may name a topic: Kafka's rule (org.apache.kafka.common.internals.Topic). The characters
// leave no room for the separators of keys and paths.

import { topicNameLengthMax } from '../limits.ts';

/** What is wrong with a name, as the end of a sentence; undefined: nothing. */
export function topicNameFault(name: string): string | undefined {
  if (name.length === 0) return 'must not be empty';
  if (name === '.' || name === '..') return 'must not be "." or ".."';
  if (name.length > topicNameLengthMax) return `must be at most ${topicNameLengthMax} characters`;
  if (!/^[a-zA-Z0-9._-]+$/.test(name)) {
    return 'must be made of ASCII letters, digits, ".", "_" and "-"';
  }
  return undefined;
}
