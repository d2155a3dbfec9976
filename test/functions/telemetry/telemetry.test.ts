// A function's telemetry: its line, and of invocations that are sampled a subsegment, sent to
// X-Ray's daemon, which stands here on this machine.

import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { telemetry } from '../../../functions/telemetry/telemetry.ts';
import type { EpochMillis } from '../../../shared/ids.ts';
import { newTally, type Told } from '../../../shared/told.ts';
import { seededChance } from '../../world/seeded-chance.ts';

const header =
  'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1;Lineage=1:0:0';

const told: Told = {
  operation: 'send',
  outcome: 'ok',
  startedAt: 1_700_000_000_000 as EpochMillis,
  millis: 42,
  operations: { objectPuts: 1 },
  did: { ...newTally(), topic: 'orders', group: 'g', partition: 2, sentMessages: 3 },
  request: {
    route: 'POST /topics/:topic',
    status: 200,
    traceId: '0af7651916cd43dd8448eb211c80319c',
  },
};

let daemon: Socket;
let received: string[];

beforeEach(async () => {
  received = [];
  daemon = createSocket('udp4', (message) => received.push(message.toString()));
  daemon.bind(0, '127.0.0.1');
  await once(daemon, 'listening');
});
afterEach(() => {
  daemon.close();
});

type Traced = {
  readonly traceHeader?: string | undefined;
  readonly address?: string;
  readonly write?: (line: string) => void;
};

/** @returns the lines and faults. */
async function tell(one: Told, { traceHeader, address, write }: Traced = {}) {
  const [lines, faults]: [string[], unknown[]] = [[], []];
  const own = telemetry({
    engine: 'e',
    write: write ?? ((line) => lines.push(line)),
    traceHeader: () => traceHeader,
    daemonAddress: address,
    chance: seededChance(1),
    onFault: (fault) => faults.push(fault),
  });
  await own(one, { requestId: 'r' });
  return { lines, faults };
}

const address = () => `127.0.0.1:${daemon.address().port}`;

async function segmentOf(one: Told) {
  await tell(one, { traceHeader: header, address: address() });
  if (received.length === 0) await once(daemon, 'message');
  const [format = '', segment = ''] = (received[0] ?? '').split('\n');
  expect(JSON.parse(format)).toEqual({ format: 'json', version: 1 });
  return JSON.parse(segment);
}

test('a line is told, and nothing is sent, where nothing is traced', async () => {
  const { lines, faults } = await tell(told);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^\{.*\}\n$/);
  expect(faults).toEqual([]);
});

describe('an invocation that is sampled', () => {
  test('has a subsegment, by the words of OpenTelemetry', async () => {
    expect(await segmentOf(told)).toEqual({
      name: 'send orders',
      id: expect.stringMatching(/^[0-9a-f]{16}$/),
      trace_id: '1-5759e988-bd862e3fe1be46a994272793',
      parent_id: '53995c3f42cd8ad8',
      type: 'subsegment',
      start_time: 1_700_000_000,
      end_time: 1_700_000_000.042,
      annotations: {
        messaging_system: 'sluice',
        messaging_operation_name: 'send',
        messaging_operation_type: 'send',
        messaging_destination_name: 'orders',
        messaging_destination_partition_id: '2',
        messaging_consumer_group_name: 'g',
        messaging_batch_message_count: 3,
        caller_trace_id: '0af7651916cd43dd8448eb211c80319c',
      },
      metadata: {
        sluice: { route: 'POST /topics/:topic', outcome: 'ok', operations: { objectPuts: 1 } },
      },
    });
  });

  test.each<[Partial<Told>, object]>([
    [{ outcome: 'refused', errorCode: 'UNKNOWN_TOPIC' }, { error: true }],
    [
      { outcome: 'retriable', errorCode: 'THROTTLED' },
      { fault: true, throttle: true },
    ],
    [{ outcome: 'fault' }, { fault: true, annotations: { error_type: 'fault' } }],
  ])('and ended by %j is marked so', async (how, marks) => {
    expect(await segmentOf({ ...told, ...how })).toMatchObject(marks);
  });
});

test.each([
  ['is not sampled', header.replace('Sampled=1', 'Sampled=0')],
  ['says no parent', 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1'],
  ['is not traced', undefined],
])('of one that %s nothing is sent', async (_is, traceHeader) => {
  await tell(told, { traceHeader, address: address() });
  // Behind it, so that it would have come before.
  await tell({ ...told, operation: 'poll' }, { traceHeader: header, address: address() });
  if (received.length === 0) await once(daemon, 'message');
  expect(received).toHaveLength(1);
  expect(received[0]).toContain('"poll orders"');
});

test.each(['127.0.0.1:0', 'nowhere', '127.0.0.1:99999999', ''])(
  'a daemon at %j fails nobody',
  async (wrong) => {
    const { lines, faults } = await tell(told, { traceHeader: header, address: wrong });
    expect(lines).toHaveLength(1);
    expect(faults).toEqual([]);
  },
);

test('a line that cannot be written is a fault for people, and no request’s', async () => {
  const full = new Error('no space left on device');
  const write = () => {
    throw full;
  };
  expect((await tell(told, { write })).faults).toEqual([full]);
});
