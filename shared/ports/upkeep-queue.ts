// Partitions that are to be looked after, told to whoever does it.
//
// Promises, held by every adapter:
// - What was sent is looked after at least once, some time later; or never, and then a survey sends
//   it again. Of what is sent of one partition within five minutes one may be enough.
// - A throw is a StoreError: of those that were sent together some may arrive.

import type { PartitionId } from '../ids.ts';

export interface UpkeepQueue {
  send(partitions: readonly PartitionId[]): Promise<void>;
}
