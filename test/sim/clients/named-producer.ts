// Producers that take one name after the other: each is fenced by the next, and then takes the name
// again.

import { takeProducer } from '../../../shared/engine/take-producer.ts';
import { ask } from '../ask.ts';
import { type Client, drawPartition, processFor, work } from './client.ts';
import { recordsVerb, sendNumbered } from './numbered-producer.ts';
import { Numbering } from './numbers.ts';
import { recordSource } from './records.ts';

const retakeOdds = 0.1;

export function namedProducer(client: Client): Promise<void> {
  const { world } = client;
  const record = recordSource(client);
  const name = world.pick(['one', 'two']);
  let numbering: Numbering | undefined;
  return work(client, async () => {
    if (world.chance.fraction() < retakeOdds) numbering = undefined;
    numbering ??= await take(client, name);
    if (numbering === undefined) return;
    const records = Array.from({ length: 1 + world.draw(2) }, record);
    const batch = numbering.batch(drawPartition(client), records);
    const isStored = await sendNumbered(client, batch, recordsVerb(batch, numbering.numbers));
    if (!isStored) numbering = undefined;
  });
}

async function take(client: Client, name: string): Promise<Numbering | undefined> {
  const { world } = client;
  const asked = await ask(world, processFor(client), (engine, call) =>
    takeProducer(engine, call, { name }),
  );
  if (asked.kind !== 'answered') return undefined;
  const { id, epoch } = asked.answer;
  world.history.note(`${client.name} is ${name}: producer ${id} in epoch ${epoch}`);
  return new Numbering({ id, epoch });
}
