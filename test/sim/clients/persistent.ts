// How a producer sends what is safe to send again: until it is answered, by any process, and now
// and then by two at once. It gives up in the end, and then nobody knows.

import type { Verb } from '../ask.ts';
import type { BatchOutcome, ProduceRequest } from '../history.ts';
import { type Client, processFor } from './client.ts';
import { attempt } from './produce-attempt.ts';

const triesMax = 6;
const triesWhenCalmMax = 40;
const twiceOdds = 0.15;
const giveUpOddsDefault = 0.2;

/** What may end otherwise the next time. */
const passing: ReadonlySet<string> = new Set(['THROTTLED', 'UNAVAILABLE', 'OUT_OF_ORDER_SEQUENCE']);

/** @returns whether every batch is stored. */
export async function persist(
  client: Client,
  request: ProduceRequest,
  verb: Verb<readonly BatchOutcome[]>,
  giveUpOdds = giveUpOddsDefault,
): Promise<boolean> {
  const { world } = client;
  world.history.produces.push(request);
  const most = world.chance.fraction() < giveUpOdds ? 1 : triesMax;
  const triesLeft = () => (world.isCalm ? triesWhenCalmMax : most);
  for (let tries = 0; tries < triesLeft(); tries++) {
    const together = world.chance.fraction() < twiceOdds ? 2 : 1;
    const all = await Promise.all(
      Array.from({ length: together }, () => attempt(world, processFor(client), request, verb)),
    );
    if (all.some((outcomes) => outcomes.every(isStored))) return true;
    if (all.some((outcomes) => outcomes.some(isFinal))) return false;
    await world.time.sleep(100 * 2 ** Math.min(tries, 5));
  }
  return false;
}

function isStored({ kind }: BatchOutcome): boolean {
  return kind === 'stored' || kind === 'duplicate';
}

function isFinal(outcome: BatchOutcome): boolean {
  return outcome.kind === 'refused' && !passing.has(outcome.code);
}
