// Whatever becomes of requests: what the producer says is stored is in the log once, in order,
// where it says; what it says is refused is not there; of the rest there is one at most.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SluiceError } from '../../../client/errors.ts';
import type { RecordMetadata } from '../../../client/producer/messages.ts';
import { type Fate, newWire, type Wire } from '../wire.ts';
import { isProduce, newProducer, refusal, valuesIn } from './logs.ts';

const partitions = 4;

type Told = {
  readonly value: string;
  readonly partition: number;
  readonly outcome: 'stored' | 'refused' | 'unknown';
  readonly offset?: number;
};

/** What may become of a request, and of what the engine asks of its stores for it. */
const misfortunes: readonly ((wire: Wire) => Fate)[] = [
  () => 'lost',
  () => 'unheard',
  () => refusal(429, 429, { 'Retry-After': '1' }),
  () => refusal(503, 50003),
  () => refusal(503, 50004),
  () => refusal(502, 502),
  () => refusal(422, 42206),
  (wire) => fault(wire, 'put', 'before'),
  (wire) => fault(wire, 'write', 'before', 'after', 'throttled'),
  (wire) => fault(wire, 'write', 'after', 'before'),
];

function fault(wire: Wire, ...[operation, ...faults]: Parameters<Wire['world']['faults']['next']>) {
  wire.world.faults.next(operation, ...faults);
  return 'passes' as const;
}

const lives = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  /** Of requests that carry messages; those that come later pass. */
  fates: fc.array(fc.option(fc.nat({ max: misfortunes.length - 1 }), { nil: undefined }), {
    maxLength: 25,
    size: 'max',
  }),
  sends: fc.array(
    fc.record({
      partition: fc.nat({ max: partitions - 1 }),
      pause: fc.constantFrom(0, 0, 0, 1, 5, 40, 700),
      size: fc.constantFrom(1, 50, 900),
    }),
    { minLength: 1, maxLength: 40, size: 'max' },
  ),
  options: fc.record({
    lingerMs: fc.constantFrom(0, 5, 50),
    batchBytes: fc.constantFrom(1_024, 2_048, 1_000_000),
    bufferBytes: fc.constantFrom(1_500, 1_000_000),
    maxInFlightRequests: fc.constantFrom(1, 2, 5),
    deliveryTimeout: fc.constantFrom(800, 4_000, 120_000),
    compression: fc.constantFrom('none', 'zstd'),
  }),
});

test('what is stored is there once and in order, what is refused is not there', async () => {
  const counts = { stored: 0, refused: 0, unknown: 0 };
  await fc.assert(
    fc.asyncProperty(lives, async ({ seed, fates, sends, options }) => {
      const wire = await newWire(seed);
      const left = [...fates];
      wire.fateOf = (sent) => {
        const fate = isProduce(sent) ? left.shift() : undefined;
        return fate === undefined ? 'passes' : (misfortunes[fate]?.(wire) ?? 'passes');
      };
      const { time } = wire.world;
      const producer = await newProducer(wire, options);
      const told = await time.run(
        (async () => {
          const answers: Promise<Told>[] = [];
          for (const [index, { partition, pause, size }] of sends.entries()) {
            const value = `${index}:${'x'.repeat(size)}`;
            const sent = producer.send({ topic: 'orders', messages: [{ partition, value }] });
            answers.push(outcomeOf(sent, { value, partition }));
            if (pause > 0) await time.sleep(pause);
          }
          await producer.disconnect();
          return Promise.all(answers);
        })(),
      );
      for (let partition = 0; partition < partitions; partition++) {
        const own = told.filter((one) => one.partition === partition);
        check(await valuesIn(wire, partition), own);
      }
      for (const { outcome } of told) counts[outcome]++;
    }),
    { numRuns: 100, seed: 8 },
  );
  // A property over lives in which nothing happens says nothing.
  expect(counts.stored).toBeGreaterThan(1_000);
  expect(counts.refused).toBeGreaterThan(20);
  expect(counts.unknown).toBeGreaterThan(50);
});

async function outcomeOf(
  sent: Promise<RecordMetadata[]>,
  place: { readonly value: string; readonly partition: number },
): Promise<Told> {
  try {
    const [stored] = await sent;
    return { ...place, outcome: 'stored', offset: Number(stored?.baseOffset) };
  } catch (error) {
    return { ...place, outcome: (error as SluiceError).outcome };
  }
}

function check(log: readonly string[], told: readonly Told[]): void {
  const stored = told.filter(({ outcome }) => outcome === 'stored');
  const places = stored.map(({ value }) => log.indexOf(value));
  expect(places).not.toContain(-1);
  expect(places).toEqual([...places].sort((one, other) => one - other));
  for (const [index, { offset = -1 }] of stored.entries()) {
    // -1: it was found to be there already, and is told no more.
    if (offset >= 0) expect(offset).toBe(places[index]);
  }
  expect(new Set(log).size).toBe(log.length);
  const refused = told.filter(({ outcome }) => outcome === 'refused');
  for (const { value } of refused) expect(log).not.toContain(value);
}
