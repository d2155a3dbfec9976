// Where single operations are counted: an account, its functions by what they serve, a topic of
// eight partitions, and a client that asks them. Functions are warm and have met the topic before
// anything is counted, unless it is said otherwise.

import type { Host } from '../../client/host.ts';
import { Sluice } from '../../client/sluice.ts';
import { type Account, openAccount } from '../account.ts';
import { type Asked, Fleet, type FleetParts } from '../fleet.ts';
import { recordTexts } from '../records.ts';
import { scaled, since, sum, type Usage, usage } from '../usage.ts';

/** A kind of request, and what one of it uses on the average. */
export type Operation = { readonly what: string; readonly used: Usage };

export const topic = 'orders';
export const partitions = 8;

export const media = {
  json: 'application/json',
  v2: 'application/vnd.kafka.v2+json',
  binary: 'application/vnd.kafka.binary.v2+json',
  parts: 'application/vnd.sluice.parts',
  batches: 'application/vnd.sluice.batches',
} as const;

/** A KB each, of which nothing can be compressed. */
export const kilobytes: readonly string[] = recordTexts({
  records: 1_000,
  recordBytes: 1_024,
  compression: 1,
});

type More = { readonly body?: unknown; readonly headers?: Asked['headers'] };

const functionNames = ['produce', 'fetch', 'group', 'topics'] as const;
type FunctionName = (typeof functionNames)[number];

export class Stage {
  readonly account: Account;
  #functions: Readonly<Record<FunctionName, Fleet>>;
  readonly #parts: FleetParts;

  private constructor(seed: number, parts: (account: Account) => FleetParts) {
    this.account = openAccount(seed);
    this.#parts = parts(this.account);
    this.#functions = this.#newFunctions();
  }

  /** @param tell with a stage on which the topic is there, and has been met.
   * @param parts of its functions. */
  static open<Answer>(
    seed: number,
    tell: (stage: Stage) => Promise<Answer>,
    parts: (account: Account) => FleetParts = () => ({}),
  ): Promise<Answer> {
    const stage = new Stage(seed, parts);
    const made = async () => {
      await stage.createTopic(topic, partitions);
      for (let partition = 0; partition < partitions; partition++) {
        await stage.ask(`POST /topics/${topic}/partitions/${partition}`, one('warm'));
      }
      return tell(stage);
    };
    return stage.account.world.time.run(made());
  }

  createTopic(name: string, count: number, configs: readonly object[] = []): Promise<Response> {
    const body = { topic_name: name, partitions_count: count, configs };
    return this.ask('POST /v3/clusters/sluice/topics', { body });
  }

  /** Processes that have met nothing take over. */
  coldStart(): void {
    this.#functions = this.#newFunctions();
  }

  /** @param route a method and a path; records go as base64. @throws Error of any refusal. */
  async ask(route: string, { body, headers = {} }: More = {}): Promise<Response> {
    const [method = '', path = ''] = route.split(' ');
    const isRecords = /^POST \/t(opics\/[^/]+(\/partitions\/\d+)?|ransactions)$/.test(route);
    const isControl = /^POST \/(consumers|producers)\b/.test(route);
    const type = isRecords ? media.binary : isControl ? media.v2 : media.json;
    const sent = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const response = await this.#fetch(path, {
      method,
      headers: { ...(sent && { 'Content-Type': type }), ...headers },
      ...(sent && { body: sent }),
    });
    if (!response.ok) throw new Error(`${route}: ${response.status} ${await response.text()}`);
    return response;
  }

  async askJson<Reply>(route: string, more: More = {}): Promise<Reply> {
    return (await this.ask(route, more)).json() as Promise<Reply>;
  }

  /** Over this stage's functions, and with no way between. */
  newClient(): Sluice {
    const { world, chance } = this.account;
    const host: Host = {
      clock: world.time,
      chance,
      environment: () => undefined,
      log: () => undefined,
      fetch: ({ pathname, search }, { method = 'GET', headers, body }) =>
        this.#fetch(pathname + search, {
          method,
          headers: Object.fromEntries(new Headers(headers)),
          ...(body != null && { body: new Uint8Array(body as Uint8Array) }),
        }),
    };
    return new Sluice({ url: 'https://engine.example' }, host);
  }

  /** @param work is done so often, with its number; @param between, before each, is not counted. */
  async count(
    what: string,
    times: number,
    work: (time: number) => Promise<unknown>,
    between: (time: number) => Promise<unknown> = async () => undefined,
  ): Promise<Operation> {
    let used = usage({});
    for (let time = 0; time < times; time++) {
      await between(time);
      const before = this.account.used();
      await work(time);
      used = sum(used, since(before, this.account.used()));
    }
    return { what, used: scaled(used, 1 / times) };
  }

  #fetch(path: string, asked: Asked): Promise<Response> {
    return this.#functions[servedBy(asked.method, path)].fetch(path, asked);
  }

  #newFunctions(): Readonly<Record<FunctionName, Fleet>> {
    const made = functionNames.map((name) => [name, new Fleet(this.account, this.#parts)]);
    return Object.fromEntries(made);
  }
}

export function one(text: string) {
  return { body: { records: [{ value: Buffer.from(text).toString('base64') }] } };
}

/** Which of the stack's functions has the route. */
function servedBy(method: string, path: string): FunctionName {
  if (path.startsWith('/consumers/')) return 'group';
  if (method === 'POST' && /^\/(topics|producers|transactions)\b/.test(path)) return 'produce';
  return path.includes('/records?') ? 'fetch' : 'topics';
}
