// Objects that are too short to hold a batch, where no other process uses the stores: a power cut
// has taken the bytes of a put that was not answered, and left its name. Nothing says of which
// partitions such an object was, so no sweep takes it; here all of them are asked whether they name
// it.

import { segmentTime } from '../../../ids.ts';
import { batchHeaderBytes } from '../../../record/batch-header.ts';
import { segmentKey, segmentOfKey } from '../../../segment/keys.ts';
import type { Call, Engine } from '../../engine.ts';
import { inRuns } from '../../in-runs.ts';
import { repeatable } from '../../retry.ts';
import { allRefs } from './all-refs.ts';
import { readTopics } from './check-topics.ts';
import type { StoredObjects } from './stored-objects.ts';

const deletesInFlight = 16;

/** Those that are torn, old enough, and named by nothing.
 * @param objects listed; those that are deleted are taken out.
 * @throws EngineError THROTTLED, UNAVAILABLE */
export async function deleteTorn(
  engine: Engine,
  call: Call,
  objects: StoredObjects,
  { graceMillis }: { readonly graceMillis: number },
): Promise<void> {
  const before = engine.clock.now() - graceMillis;
  const short = [...objects.listed].filter(([, length]) => length < batchHeaderBytes);
  const ids = short.map(([key]) => segmentOfKey(key)).filter((id) => id !== undefined);
  const torn = new Set(ids.filter((id) => segmentTime(id) < before));
  const { listed } = await readTopics({ engine, call });
  for (const { id: topicId, heads } of listed.values()) {
    for (let partition = 0; partition < heads; partition++) {
      for await (const { refs } of allRefs(engine, call, { topicId, partition })) {
        for (let at = 0; at < refs.length; at++) torn.delete(refs.at(at).segment);
      }
    }
  }
  await inRuns([...torn].map(segmentKey), deletesInFlight, async (key) => {
    await repeatable(engine, call, () => call.objects.delete([key]));
    objects.listed.delete(key);
  });
}
