// An account in memory, and handlers in it: their modules are loaded as Lambda loads them, with
// adapters that speak to this process instead of to AWS. One account a test file, since modules are
// loaded once.

import type { Context, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { vi } from 'vitest';
import type { TelemetryParts } from '../../functions/telemetry/telemetry.ts';
import { memoryObjects } from '../../local/memory-objects.ts';
import { environmentNames, type HandlerName } from '../../shared/contract.ts';
import { type Call, createEngine, type Engine, openCall } from '../../shared/engine/engine.ts';
import { hostChance, hostClock } from '../../shared/engine/host-environment.ts';
import type { EpochMillis } from '../../shared/ids.ts';
import type { Invocation, Invoked, Targets } from '../../shared/ports/targets.ts';
import type { WakeUp, WakeUps } from '../../shared/ports/wake-ups.ts';
import type { Key } from '../../shared/store/algebra.ts';
import type { Objects } from '../../shared/store/objects.ts';
import { insertRecord } from '../ingest/events.ts';
import { MemoryTable } from '../world/memory-table.ts';
import { watchedTable } from './role-uses.ts';

/** The stream telling that an item was put there. */
export function inserted(...keys: readonly Key[]): DynamoDBStreamEvent {
  const Records = keys.map(({ pk, sk }): DynamoDBRecord => {
    const Keys = { pk: { S: pk }, sk: { S: sk } };
    return { ...insertRecord, dynamodb: { ...insertRecord.dynamodb, Keys } };
  });
  return { Records };
}

export type SentWakeUp = { readonly wakeUp: WakeUp; readonly notBefore: EpochMillis | undefined };

export class EventAccount {
  readonly table = new MemoryTable();
  readonly objects = memoryObjects();
  readonly sent: SentWakeUp[] = [];
  readonly invoked: Invocation[] = [];
  /** What handlers did to the stores: `action partition-key`, or `action` of an object. */
  readonly did = new Set<string>();
  /** What they wrote into their logs, a line each. */
  readonly lines: string[] = [];
  /** What they sent to X-Ray's daemon: each of their invocations is sampled. */
  readonly segments: string[] = [];
  /** What functions return. */
  answer: (invocation: Invocation) => Invoked = () => ({ kind: 'returned', payload: '' });

  readonly wakeUps: WakeUps = {
    send: async (wakeUps, notBefore) => {
      this.sent.push(...wakeUps.map((wakeUp) => ({ wakeUp, notBefore })));
    },
  };

  readonly invoke: Targets['invoke'] = async (invocation) => {
    this.invoked.push(invocation);
    return this.answer(invocation);
  };

  readonly #usedTable = watchedTable(this.table, this.did);

  readonly #usedObjects: Objects = {
    ...this.objects,
    put: (object) => {
      this.did.add('s3:PutObject');
      return this.objects.put(object);
    },
    read: (range) => {
      this.did.add('s3:GetObject');
      return this.objects.read(range);
    },
    list: (page) => {
      this.did.add('s3:ListBucket');
      return this.objects.list(page);
    },
    delete: (keys) => {
      this.did.add('s3:DeleteObject');
      return this.objects.delete(keys);
    },
  };

  lastTold(): unknown {
    return JSON.parse(this.lines.at(-1) ?? 'null');
  }

  /** Another process on the same stores, that wakes nobody. */
  process(): { readonly engine: Engine; readonly call: Call } {
    const { objects, table } = this;
    const engine = createEngine({ objects, table, clock: hostClock, chance: hostChance });
    const deadline = (hostClock.now() + 25_000) as EpochMillis;
    return { engine, call: openCall(engine, { deadline }) };
  }

  /** The function of that name, as it is called. @param own of its environment. */
  async start<Event, Answer>(
    name: HandlerName,
    own: Readonly<Record<string, string>> = {},
  ): Promise<(event: Event) => Promise<Answer>> {
    vi.doMock('../../shared/aws/dynamodb-table.ts', () => ({
      dynamodbTable: () => this.#usedTable,
    }));
    vi.doMock('../../shared/aws/s3-objects.ts', () => ({ s3Objects: () => this.#usedObjects }));
    vi.doMock('../../shared/aws/sqs-wake-ups.ts', () => ({ sqsWakeUps: () => this.wakeUps }));
    vi.doMock('../../shared/aws/lambda-invoke.ts', () => ({ lambdaInvoke: () => this.invoke }));
    vi.doMock('../../functions/telemetry/telemetry.ts', async (original) => {
      const { telemetry } =
        await original<typeof import('../../functions/telemetry/telemetry.ts')>();
      const own = {
        write: (line: string) => void this.lines.push(line),
        traceHeader: () =>
          'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1',
        daemonAddress: '127.0.0.1:2000',
      };
      return { telemetry: (parts: TelemetryParts) => telemetry({ ...parts, ...own }) };
    });
    vi.doMock('../../functions/telemetry/trace-daemon.ts', () => ({
      traceDaemon: () => async (document: string) => void this.segments.push(document),
    }));
    vi.stubEnv('AWS_REGION', 'us-east-1');
    const { acls: _, ...names } = environmentNames;
    for (const variable of Object.values(names)) vi.stubEnv(variable, 'x');
    for (const [variable, value] of Object.entries(own)) vi.stubEnv(variable, value);
    const { handler } = await import(`../../functions/${name}.ts`);
    vi.unstubAllEnvs();
    const invocation = { getRemainingTimeInMillis: () => 28_000 } as Context;
    return (event) => handler(event, invocation);
  }
}
