// When all is quiet, everything is looked after until nothing changes any more.

import { collect } from '../../../shared/engine/upkeep/collect.ts';
import { checkStore } from '../../../shared/engine/upkeep/fsck/check-store.ts';
import type { FindingKind } from '../../../shared/engine/upkeep/fsck/findings.ts';
import { mergeAgeMillis } from '../../../shared/housekeeping-limits.ts';
import { ask } from '../ask.ts';
import { nameOf } from '../check/check.ts';
import { graceWhenCalmMillis, upkeep } from '../clients/housekeeper.ts';
import type { SimulatedWorld } from '../world.ts';
import { partitionVerbs } from './upkeep-verbs.ts';

export const tidyClient = 'tidy';

const roundsMax = 24;

/** Each round comes when what the last one left young has grown old.
 * @returns false: there is always something. */
export async function tidy(world: SimulatedWorld): Promise<boolean> {
  const { watch, time } = world;
  const process = world.newProcess();
  process.correctClock();
  const graceMillis = graceWhenCalmMillis(world);
  for (let round = 0, quiet = 0; round < roundsMax; round++) {
    await time.sleep(graceMillis + world.aheadMillisMax + mergeAgeMillis);
    const before = watch.changes + watch.objects.changes;
    for (const partition of watch.partitions.values()) {
      const name = nameOf({ topic: partition.topic, partition: partition.id.partition });
      const verb = partitionVerbs['look-after'](partition);
      await upkeep(world, process, { client: tidyClient, what: `look after ${name}`, verb });
    }
    await upkeep(world, process, {
      client: tidyClient,
      what: 'collect',
      verb: (engine, call) => collect(engine, call, { graceMillis }),
    });
    quiet = watch.changes + watch.objects.changes === before ? quiet + 1 : 0;
    if (quiet === 2) return true;
  }
  return false;
}

/** What the engine's own check finds. */
export async function found(world: SimulatedWorld): Promise<readonly string[]> {
  const process = world.newProcess();
  process.correctClock();
  const options = { depth: 'deep', graceMillis: graceWhenCalmMillis(world) } as const;
  const asked = await ask(world, process, (engine, call) => checkStore(engine, call, options));
  if (asked.kind !== 'answered') return ['I11: nobody can say whether the store is whole'];
  const findings = asked.answer.findings.filter(({ kind }) => !mayBeLeft.has(kind));
  return findings.map(({ kind, detail, place }) => {
    return `I11: ${kind}: ${detail} (${place.topic}-${place.partition}, ${place.from})`;
  });
}

/** Of who froze, or died, in the middle of it. */
const mayBeLeft: ReadonlySet<FindingKind> = new Set(['unfinished-topic', 'dead-topic-items']);
