// A Lambda function and its processes: each works on one thing at a time and remembers what it has
// met; one that is free is taken again, the last first; the next is new. What an invocation takes
// is billed by its time in the sample, and by what it works beside its waits (stack.ts).
//
// Processes that live for hours have met every topic and head: so those are remembered by all of a
// fleet, and no sample pays for their first look. What they have read of the log each keeps itself,
// but in a fleet that only appends, which never asks for it.

import { allRoutes } from '../shared/api/all-routes.ts';
import { createApi } from '../shared/api/api.ts';
import { newAppendQueue } from '../shared/engine/append-queue.ts';
import { Background } from '../shared/engine/background.ts';
import { type Call, createEngine, type Engine, openCall } from '../shared/engine/engine.ts';
import type { EpochMillis } from '../shared/ids.ts';
import { requestMillisMax } from '../shared/limits.ts';
import { noWakeUps, type WakeUps } from '../shared/ports/wake-ups.ts';
import type { Table } from '../shared/store/table.ts';
import type { Account } from './account.ts';
import { gigabyte } from './prices.ts';
import { logLineBytes, memoryGigabytes, workMillis } from './stack.ts';

/** Of a request and its reply together. */
const httpUnitBytes = 512 * 1_024;
const megabyte = 2 ** 20;

export type FleetParts = {
  /** @default the account's own */
  readonly table?: Table;
  readonly wakeUps?: WakeUps;
  /** @default memoryGigabytes.default */
  readonly gigabytes?: number;
  /** How long one invocation may take. @default requestMillisMax */
  readonly millisMax?: number;
  /** @default false */
  readonly onlyAppends?: boolean;
};

export type Reply = { readonly headers: Headers; readonly body: string };

export type Asked = {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** @default none */
  readonly body?: Uint8Array;
};

const nothing = new Uint8Array(0);

type Process = { readonly engine: Engine; readonly api: ReturnType<typeof createApi> };
type Env = { readonly body: Uint8Array };

export class Fleet {
  readonly #account: Account;
  readonly #parts: FleetParts;
  readonly #free: Process[] = [];
  #first: Engine | undefined;

  constructor(account: Account, parts: FleetParts = {}) {
    this.#account = account;
    this.#parts = parts;
  }

  async invoke(work: (engine: Engine, call: Call) => Promise<unknown>): Promise<void> {
    const { world } = this.#account;
    const { millisMax = requestMillisMax } = this.#parts;
    await this.#run(async ({ engine }) => {
      const deadline = (world.time.now() + millisMax) as EpochMillis;
      return { bytes: 0, answer: await work(engine, openCall(engine, { deadline })) };
    });
  }

  /** Through the HTTP API. @param route a method and a path. @throws Error of any refusal. */
  async request(route: string, body = '', type = 'application/json'): Promise<Reply> {
    const [method = '', path = ''] = route.split(' ');
    const headers: Record<string, string> = method === 'GET' ? {} : { 'Content-Type': type };
    const response = await this.fetch(path, { method, headers, body: Buffer.from(body) });
    const answer = { headers: response.headers, body: await response.text() };
    if (!response.ok) throw new Error(`${route}: ${response.status} ${answer.body}`);
    return answer;
  }

  /** Through the HTTP API, whatever it answers. @param path with its query. */
  fetch(path: string, { method, headers, body = nothing }: Asked): Promise<Response> {
    const { meter } = this.#account;
    return this.#run(async ({ api }) => {
      const request = new Request(`https://engine.example${path}`, { method, headers });
      const env: Env = { body };
      const response = await api.fetch(request, env);
      const reply = new Uint8Array(await response.arrayBuffer());
      const bytes = body.length + reply.length;
      meter.httpRequests += Math.max(1, Math.ceil(bytes / httpUnitBytes));
      meter.transferGigabytes += reply.length / gigabyte;
      meter.logGigabytes += logLineBytes.access / gigabyte;
      const answer = new Response(reply.length === 0 ? null : reply, response);
      return { bytes, answer };
    });
  }

  /** What no answer waits for is still awaited: Lambda freezes a process with its answer.
   * @param work tells how many bytes it has worked on, of which the sample's clock knows
   *   nothing. */
  async #run<Answer>(
    work: (process: Process) => Promise<{ readonly bytes: number; readonly answer: Answer }>,
  ): Promise<Answer> {
    const { world, meter } = this.#account;
    const { gigabytes = memoryGigabytes.default } = this.#parts;
    const process = this.#free.pop() ?? this.#start();
    const startedAt = world.time.now();
    const { bytes, answer } = await work(process);
    await process.engine.background.idle();
    const waited = world.time.now() - startedAt;
    const worked = workMillis.request + workMillis.megabyte * (bytes / megabyte);
    meter.invocations++;
    meter.gigabyteSeconds += (gigabytes * (waited + worked)) / 1_000;
    meter.logGigabytes += logLineBytes.metrics / gigabyte;
    this.#free.push(process);
    return answer;
  }

  #start(): Process {
    const engine = this.#newEngine();
    const api = createApi({
      engine,
      routes: allRoutes('{}'),
      readBody: async ({ env }) => (env as Env).body,
      onFault: (fault) => {
        throw fault;
      },
    });
    return { engine, api };
  }

  #newEngine(): Engine {
    const first = this.#first;
    const { wakeUps = noWakeUps, onlyAppends = false } = this.#parts;
    if (first !== undefined && onlyAppends) {
      return { ...first, appends: newAppendQueue(), background: new Background() };
    }
    const { world, objects, table, chance } = this.#account;
    const engine = createEngine({
      objects,
      table: this.#parts.table ?? table,
      clock: world.time,
      chance,
      wakeUps,
    });
    this.#first ??= engine;
    return { ...engine, topics: this.#first.topics, heads: this.#first.heads };
  }
}
