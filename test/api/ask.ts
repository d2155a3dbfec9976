// The API as its callers meet it, over a real engine in virtual time.

import { type AccessControl, openToAll } from '../../shared/api/access.ts';
import { createApi } from '../../shared/api/api.ts';
import type { Engine } from '../../shared/engine/engine.ts';
import { bodyTooLarge } from '../../shared/errors.ts';
import type { Told } from '../../shared/told.ts';
import { newWorld, type World } from '../world/world.ts';
import { apiGroups } from './every-route.ts';

export const binary = 'application/vnd.kafka.binary.v2+json';
export const json = 'application/vnd.kafka.json.v2+json';
export const text = 'application/vnd.kafka.text.v2+json';

export type Question = {
  readonly type?: string;
  readonly accept?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Anything but text and bytes is sent as JSON. */
  readonly body?: unknown;
};

export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  /** Of a reply that is JSON; else undefined. */
  // biome-ignore lint/suspicious/noExplicitAny: a test looks where it knows what must be
  readonly json: any;
};

export type Asked = {
  readonly world: World;
  /** Which answers. */
  readonly engine: Engine;
  /** What the hook for our own faults was told. */
  readonly faultsTold: unknown[];
  /** What was told of each reply. */
  readonly told: Told[];
  /** @param route a method and a path. */
  readonly ask: (route: string, question?: Question) => Promise<Answer>;
  /** Produces JSON values to partition 0, in one request. */
  readonly store: (topic: string, ...values: unknown[]) => Promise<void>;
  /** How many records there are in a partition, all told. */
  readonly endOf: (topic: string, partition?: number) => Promise<number>;
};

/** An API with the topic orders, which has two partitions. */
export async function newApi(routes = apiGroups, access?: AccessControl): Promise<Asked> {
  const world = newWorld(1);
  await world.time.run(world.createTopic({ name: 'orders', partitions: 2 }));
  return openApi(world, access, routes);
}

/** Of a world that there is. @param engine the process that answers. @default another one */
export function openApi(
  world: World,
  access: AccessControl = openToAll,
  routes = apiGroups,
  engine = world.newEngine(),
): Asked {
  const faultsTold: unknown[] = [];
  const told: Told[] = [];
  const api = createApi({
    engine,
    access,
    routes,
    readBody: async (context, bytesMax) => {
      const bytes = new Uint8Array(await context.req.raw.arrayBuffer());
      if (bytes.length > bytesMax) throw bodyTooLarge(bytesMax);
      return bytes;
    },
    onFault: (error) => faultsTold.push(error),
    onReply: (one) => told.push(one),
  });
  const ask = async (route: string, question: Question = {}) => {
    const [method = '', path = ''] = route.split(' ');
    const init = { method, ...requestOf(question) };
    return answerOf(await world.time.run(Promise.resolve(api.request(path, init))));
  };
  return {
    world,
    engine,
    faultsTold,
    told,
    ask,
    store: async (topic, ...values) => {
      const body = { records: values.map((value) => ({ value })) };
      const { status } = await ask(`POST /topics/${topic}/partitions/0`, { type: json, body });
      if (status !== 200) throw new Error(`not stored: ${status}`);
    },
    endOf: async (topic, partition = 0) =>
      (await ask(`GET /topics/${topic}/partitions/${partition}/offsets`)).json.end_offset,
  };
}

/** The base64 of a text's UTF-8. */
export function base64(value: string): string {
  return Buffer.from(value).toString('base64');
}

function requestOf({ type, accept, headers, body }: Question) {
  return {
    headers: {
      ...(type === undefined ? {} : { 'content-type': type }),
      ...(accept === undefined ? {} : { accept }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: bytesOf(body) }),
  };
}

/** Bytes and not text, which would be given a content type. */
function bytesOf(body: unknown): Buffer<ArrayBuffer> {
  if (body instanceof Uint8Array) return Buffer.from(body);
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

async function answerOf(response: Response): Promise<Answer> {
  const bytes = Buffer.from(await response.arrayBuffer());
  const isJson = response.headers.get('content-type')?.includes('json') && bytes.length > 0;
  return {
    status: response.status,
    headers: response.headers,
    bytes,
    json: isJson ? readJson(bytes.toString()) : undefined,
  };
}

/** v3's receipts stand one after the other. */
function readJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body.split('\n').map((line) => JSON.parse(line));
  }
}
