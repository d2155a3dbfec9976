// The core against an engine that is a few lines: whatever is gathered, answered and lost, what it
// asks to be sent is what the engine expects next.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { answered, type SluiceError } from '../../../client/errors.ts';
import { Accumulator, type ProduceRequest } from '../../../client/producer/accumulator.ts';
import { type ProducerSettings, producerSettings } from '../../../client/producer/options.ts';
import { bytesOfShare, type Share } from '../../../client/producer/partition-queue.ts';
import { Send } from '../../../client/producer/send.ts';
import {
  decompressedBytesMax,
  produceBodyBytesMax,
  recordsPerRequestMax,
} from '../../../shared/limits.ts';
import { blankRecord, contentBytes } from '../../../shared/record/growing-batch.ts';
import { seededChance } from '../../world/seeded-chance.ts';

const partitions = 3;

const events = fc.oneof(
  fc.record({
    kind: fc.constant('add' as const),
    partition: fc.nat({ max: partitions - 1 }),
    size: fc.oneof(
      { weight: 5, arbitrary: fc.nat({ max: 600 }) },
      { weight: 1, arbitrary: fc.constant(5_000) },
    ),
  }),
  fc.record({ kind: fc.constant('pass' as const), millis: fc.nat({ max: 3_000 }) }),
  fc.record({
    kind: fc.constant('answer' as const),
    which: fc.nat({ max: 9 }),
    outcome: fc.constantFrom(
      'stored',
      'stored',
      'unheard',
      'lost',
      'refused',
      'throttled',
      'mixed',
    ),
  }),
);

type Outcome = (typeof events extends fc.Arbitrary<infer E> ? E : never) extends infer E
  ? E extends { readonly kind: 'answer'; readonly outcome: infer O }
    ? O
    : never
  : never;

/** What a partition remembers: by producer, the sequence that comes next. */
class Engine {
  readonly #next = new Map<string, number>();
  stored = 0;

  /** @returns whether it is a repeat. */
  store({ queue, stamp, count }: Share): boolean {
    const key = `${queue.place.partition}/${stamp.id}`;
    const next = this.#next.get(key) ?? 0;
    if (stamp.baseSequence + count === next) return true;
    expect(stamp.baseSequence).toBe(next);
    this.#next.set(key, next + count);
    this.stored += count;
    return false;
  }
}

function answersOf(request: ProduceRequest, outcome: Outcome, engine: Engine) {
  const one = (share: Share, index: number): number | SluiceError => {
    const kind =
      outcome === 'mixed' ? (['stored', 'lost', 'throttled'] as const)[index % 3] : outcome;
    if (kind === 'stored' || kind === 'unheard') engine.store(share);
    if (kind === 'stored') return 7;
    if (kind === 'refused') return answered(42206, 'no', { status: 422 });
    if (kind === 'throttled') return answered(429, 'no', { status: 429 });
    return answered(50004, 'nobody knows', { status: 503 });
  };
  return request.shares.map(one);
}

function checkRequest({ shares }: ProduceRequest, out: readonly ProduceRequest[]): void {
  const busy = new Set(out.flatMap((request) => request.shares.map(({ queue }) => queue)));
  const total = { stored: 0, plain: 0, records: 0 };
  for (const share of shares) {
    expect(busy.has(share.queue)).toBe(false);
    for (const bytes of bytesOfShare(share)) total.stored += bytes.length;
    for (const { plainBytes, count } of share.batches) {
      total.plain += plainBytes;
      total.records += count;
    }
  }
  expect(total.records).toBeGreaterThan(0);
  expect(total.stored).toBeLessThanOrEqual(produceBodyBytesMax);
  expect(total.plain).toBeLessThanOrEqual(decompressedBytesMax);
  expect(total.records).toBeLessThanOrEqual(recordsPerRequestMax);
}

test('each share is what the engine expects next or a repeat, and all is settled at last', () => {
  const seen = { repeats: 0, requests: 0, identities: 0, failed: 0 };
  fc.assert(
    fc.property(fc.array(events, { size: 'max', maxLength: 120 }), fc.nat(), (life, seed) => {
      const settings = producerSettings(
        { batchBytes: 2_000, deliveryTimeout: 5_000, maxInFlightRequests: 2, compression: 'none' },
        undefined,
      );
      const core = new Accumulator(settings, seededChance(seed).fraction);
      const engine = new Engine();
      const out: ProduceRequest[] = [];
      const record = blankRecord();
      let [now, producers, sent, settled] = [0, 0, 0, 0];
      const step = () => {
        for (;;) {
          const next = core.next(now);
          if (next.kind === 'wait') return expect(next.until).toBeGreaterThan(now);
          if (next.kind === 'identify') core.identified({ id: producers++, epoch: 0 });
          else {
            checkRequest(next.request, out);
            out.push(next.request);
            expect(out.length).toBeLessThanOrEqual(2);
          }
        }
      };
      const answer = (which: number, outcome: Outcome) => {
        const [request] = out.splice(which % Math.max(1, out.length), 1);
        if (request === undefined) return;
        seen.requests++;
        seen.repeats += request.shares.filter(({ batches: [one] }) => one?.isUnsure).length;
        core.settle(request, answersOf(request, outcome, engine), now);
      };
      for (const event of life) {
        if (event.kind === 'pass') now += event.millis;
        else if (event.kind === 'answer') answer(event.which, event.outcome);
        else {
          const send = new Send(() => settled++);
          send.done.catch(() => seen.failed++);
          record.value = 'x'.repeat(event.size);
          record.valueBytes = contentBytes(record.value);
          const topic = core.topic('orders');
          core.add(record, event.partition, {
            topic,
            compression: 'none',
            send,
            calledAt: now,
            now,
          });
          send.release();
          sent++;
        }
        step();
      }
      for (let round = 0; round < 200 && settled < sent; round++) {
        answer(0, 'stored');
        now += 200;
        step();
      }
      expect([settled, core.heldBytes]).toEqual([sent, 0]);
      seen.identities += producers;
    }),
    { numRuns: 200, seed: 8 },
  );
  expect(seen.repeats).toBeGreaterThan(200);
  expect(seen.identities).toBeGreaterThan(300);
});

/** Of a producer that has its id, with a call that gathers for the topic orders. */
function newCore(settings: ProducerSettings) {
  const core = new Accumulator(settings, () => 0.5);
  core.identified({ id: 3, epoch: 0 });
  const send = new Send(() => undefined);
  const { compression } = settings;
  const gathering = { topic: core.topic('orders'), compression, send, calledAt: 0, now: 0 };
  return { core, gathering };
}

test('a request holds what the engine takes, and the rest goes with the next', () => {
  const settings = producerSettings({ compression: 'none', lingerMs: 0 }, undefined);
  const { core, gathering } = newCore(settings);
  const record = { ...blankRecord(), value: 'x'.repeat(500_000), valueBytes: 500_000 };
  for (let index = 0; index < 60; index++) core.add(record, index % 3, gathering);
  const little = { ...record, value: '', valueBytes: 0 };
  for (let index = 0; index < recordsPerRequestMax + 5; index++) core.add(little, 3, gathering);
  let [requests, records, now] = [0, 0, 0];
  for (; core.heldBytes > 0; now++) {
    const step = core.next(now);
    if (step.kind !== 'send') throw new Error(step.kind);
    checkRequest(step.request, []);
    requests++;
    for (const { count } of step.request.shares) records += count;
    core.settle(
      step.request,
      step.request.shares.map(() => 0),
      now,
    );
  }
  expect(records).toBe(60 + recordsPerRequestMax + 5);
  expect(requests).toBeLessThan(13);
});

test('a topic that takes smaller batches is given smaller ones', () => {
  const settings = producerSettings({ compression: 'none' }, undefined);
  const { core, gathering } = newCore(settings);
  const record = { ...blankRecord(), value: 'x'.repeat(100), valueBytes: 100 };
  const add = (count: number) => {
    for (let index = 0; index < count; index++) core.add(record, 0, gathering);
  };
  add(100);
  const step = core.next(5);
  if (step.kind !== 'send') throw new Error(step.kind);
  const no = answered(42206, 'batches[0]: larger than max.message.bytes, 9000', { status: 422 });
  core.settle(step.request, [no], 5);
  add(100);
  const sizes = gathering.topic.queue(0).batches.map(({ plainBytes }) => plainBytes);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(6_000);
});

test('a batch is compressed once, and goes again as the same bytes', () => {
  const settings = producerSettings({ batchBytes: 100_000 }, undefined);
  const core = new Accumulator(settings, () => 0.5);
  core.next(0);
  const send = new Send(() => undefined);
  const record = { ...blankRecord(), timestamp: 5, value: 'x'.repeat(9_000), valueBytes: 9_000 };
  const gathering = {
    topic: core.topic('orders'),
    compression: settings.compression,
    send,
    calledAt: 0,
    now: 0,
  };
  core.add(record, 0, gathering);
  expect(core.next(5)).toEqual({ kind: 'identify' });
  core.identified({ id: 3, epoch: 0 });
  const bytesAt = (now: number) => {
    const step = core.next(now);
    if (step.kind !== 'send') throw new Error(step.kind);
    const bytes = bytesOfShare(step.request.shares[0] as Share).map((one) => Buffer.from(one));
    core.settle(step.request, [answered(50004, 'nobody knows', { status: 503 })], now);
    return Buffer.concat(bytes);
  };
  const first = bytesAt(5);
  core.add(record, 0, { ...gathering, now: 6 });
  expect(bytesAt(1_000)).toEqual(first);
  expect(first.length).toBeLessThan(500);
});
