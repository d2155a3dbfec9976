// A proxy between a client and an emulator that does to each request what a plan says. It takes
// requests and answers whole before it passes them on, so that "the store did it" and "the client
// was told" never overlap.
//
// - A request that comes in whole is passed on once, or never; how its client fares changes
//   nothing of that.
// - Once it has settled, nothing that was asked before can happen any more.

import {
  request as httpRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http';
import type { Wire, WireAnswer, WireRequest } from './aws-wire.ts';
import type { Emulator } from './child-server.ts';
import { startScriptedServer } from './scripted-server.ts';
import {
  type Fault,
  type FaultKind,
  noFaults,
  type Operation,
  type Plan,
  type Reply,
  wireFaults,
} from './wire-faults.ts';

export type FaultProxy = Emulator & {
  /** From the next request on. */
  readonly follow: (plan: Plan) => void;
  /** Waits until the store has answered all that it was given. */
  readonly quiet: () => Promise<void>;
  /** Passes on what is late, too. */
  readonly settle: () => Promise<void>;
  /** Every request so far that is a call of a port, with what it met. */
  readonly met: readonly { readonly operation: Operation; readonly kind?: FaultKind }[];
};

export type ProxyOptions = {
  readonly wire: Wire;
  /** Stays whose it is: stopping the proxy does not stop it. */
  readonly upstream: Emulator;
  readonly plan?: Plan;
};

/** A delayed answer comes within this. */
const delayMillisMax = 30;

type Late = { readonly request: WireRequest; behind: number };

export async function startFaultProxy(options: ProxyOptions): Promise<FaultProxy> {
  const { wire, upstream } = options;
  let { plan = noFaults } = options;
  const met: { operation: Operation; kind?: FaultKind }[] = [];
  const late = new Set<Late>();
  const underWay = new Set<Promise<unknown>>();

  const passOn = (request: WireRequest): Promise<WireAnswer | undefined> => {
    const passing = forward(upstream.endpoint, request).catch(() => undefined);
    underWay.add(passing);
    return passing.finally(() => underWay.delete(passing));
  };
  const land = (overdue: Late) => {
    late.delete(overdue);
    return passOn(overdue.request);
  };
  const take = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await requestOf(incoming).catch(() => undefined);
    // Whoever sends it gave up before the end of it.
    if (request === undefined) return;
    const operation = wire.operationOf(request);
    const fault = operation && plan(operation);
    if (operation) met.push({ operation, ...(fault && { kind: fault.kind }) });
    for (const one of late) if (--one.behind < 0) void land(one);
    const [reach, reply] = fault ? wireFaults[fault.kind] : (['first', 'whole'] as const);
    if (reach === 'later') late.add({ request, behind: fault?.behind ?? Number.POSITIVE_INFINITY });
    const answer = reach === 'first' ? await passOn(request) : nothing;
    if (answer === undefined) return void response.destroy();
    const at = fault?.at ?? 0;
    const whole = isRefusal(reply) ? wire.refuse(reply, request, at) : wire.complete(answer);
    give(response, whole, { reply, at });
  };

  const quiet = async () => {
    while (underWay.size > 0) await Promise.all(underWay);
  };
  const server = await startScriptedServer((incoming, response) => void take(incoming, response));
  return {
    ...server,
    met,
    follow: (next) => {
      plan = next;
    },
    quiet,
    settle: async () => {
      for (const one of late) void land(one);
      await quiet();
    },
  };
}

const nothing: WireAnswer = { status: 500, headers: {}, body: Buffer.alloc(0) };

const refusals: ReadonlySet<Reply> = new Set(['throttled', 'conflict', 'error 500', 'error 503']);

function isRefusal(reply: Reply): reply is Parameters<Wire['refuse']>[0] {
  return refusals.has(reply);
}

/** @throws Error when it ends too early. */
async function requestOf(incoming: IncomingMessage): Promise<WireRequest> {
  const { method = 'GET', url: path = '/', headers } = incoming;
  return { method, path, headers, body: Buffer.concat(await incoming.toArray()) };
}

/** Byte for byte as it came, the host it names included: that is signed. */
async function forward(
  endpoint: string,
  { method, path, headers, body }: WireRequest,
): Promise<WireAnswer> {
  const { hostname, port } = new URL(endpoint);
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const outgoing = httpRequest({ hostname, port, method, path, headers: endToEnd(headers) });
  outgoing.on('response', resolve).on('error', reject).end(body);
  const incoming = await promise;
  const answer = Buffer.concat(await incoming.toArray());
  return { status: incoming.statusCode ?? 500, headers: endToEnd(incoming.headers), body: answer };
}

/** Without what is said of one connection only. */
function endToEnd(headers: OutgoingHttpHeaders): OutgoingHttpHeaders {
  const {
    connection: _connection,
    'keep-alive': _keepAlive,
    'transfer-encoding': _encoding,
    ...rest
  } = headers;
  return rest;
}

function give(
  response: ServerResponse,
  answer: WireAnswer,
  { reply, at }: { readonly reply: Reply; readonly at: Fault['at'] },
): void {
  const { socket } = response;
  // The client gave up meanwhile.
  if (socket === null || socket.destroyed) return;
  const { body } = answer;
  if (reply === 'held') return;
  if (reply === 'cut') socket.destroy();
  else if (reply === 'reset') socket.resetAndDestroy();
  else if (reply === 'reset midway') {
    sendPart(response, answer, at, () => socket.resetAndDestroy());
  } else if (reply === 'truncated') sendPart(response, answer, at, () => socket.destroy());
  else if (reply === 'shortened') {
    send(response, { ...answer, body: body.subarray(0, Math.floor(at * body.length)) });
  } else if (reply === 'flipped') send(response, { ...answer, body: flipped(body, at) });
  else if (reply === 'delayed') setTimeout(() => send(response, answer), at * delayMillisMax);
  else send(response, answer);
}

function send(response: ServerResponse, { status, headers, body }: WireAnswer): void {
  response.writeHead(status, { ...headers, 'content-length': body.length }).end(body);
}

/** The head, and at least a byte of the body, but not all that the head says. */
function sendPart(
  response: ServerResponse,
  { status, headers, body }: WireAnswer,
  at: number,
  then: () => void,
): void {
  const long = body.length < 2 ? Buffer.from('  ') : body;
  const part = long.subarray(0, 1 + Math.floor(at * (long.length - 1)));
  response.writeHead(status, { ...headers, 'content-length': long.length }).write(part, then);
}

function flipped(body: Buffer, at: number): Buffer {
  const bit = Math.floor(at * body.length * 8);
  const copy = Buffer.from(body);
  const byte = copy[bit >> 3];
  if (byte !== undefined) copy[bit >> 3] = byte ^ (1 << (bit & 7));
  return copy;
}
