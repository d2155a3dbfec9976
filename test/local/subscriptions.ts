// What the tests ask of a server about its subscriptions, and how they wait for it.

import { hostClock } from '../../shared/engine/host-environment.ts';

export type Answer = {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what an answer is like, each test says itself
  readonly json: any;
};

const v2 = 'application/vnd.kafka.v2+json';

/** @param route a method and a path. */
export async function ask(url: string, route: string, body?: unknown): Promise<Answer> {
  const [method = '', path = ''] = route.split(' ');
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { 'Content-Type': v2 },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, json: text === '' ? undefined : JSON.parse(text) };
}

/** To a function, from the beginning, unless it says otherwise; what fails comes again at once, as
 * far as that is allowed.
 * @throws Error when it was not made. */
export async function subscribe(
  url: string,
  wanted: { readonly name: string; readonly topic: string; readonly [setting: string]: unknown },
): Promise<void> {
  const { status, json } = await ask(url, 'POST /subscriptions', {
    target: { type: 'lambda', function: wanted.name },
    starting_position: 'earliest',
    retry_min_ms: 100,
    retry_max_ms: 200,
    ...wanted,
  });
  if (status !== 201) throw new Error(`not made: ${status} ${JSON.stringify(json)}`);
}

export type PartitionProgress = {
  readonly committed_offset: number;
  readonly lag: number;
  readonly last_error: string | null;
};

export async function progressOf(url: string, name: string): Promise<readonly PartitionProgress[]> {
  return (await ask(url, `GET /subscriptions/${name}`)).json.partitions;
}

/** Waits until all is delivered or given up. */
export async function caughtUp(url: string, name: string): Promise<void> {
  await until(async () => (await progressOf(url, name)).every(({ lag }) => lag === 0));
}

/** Waits until it is so: for ever, if it never is. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await hostClock.sleep(10);
}

/** Waits until one of its partitions is held up. @returns how that one is. */
export async function heldUp(url: string, name: string): Promise<PartitionProgress> {
  for (;;) {
    const held = (await progressOf(url, name)).find(({ last_error: error }) => error !== null);
    if (held !== undefined) return held;
    await hostClock.sleep(10);
  }
}
