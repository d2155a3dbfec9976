// Requests of JSON, as the admin makes them and a consumer that asks beside its member: ended when
// their sender is disconnected, pages followed, many things asked for a few at a time.

import { follow } from './aborts.ts';
import type { Ask, Connection } from './connection.ts';
import { notConnected } from './errors.ts';

export type CallOptions = {
  /** Ends the call, whatever of it is done by then. */
  readonly signal?: AbortSignal | undefined;
};

export type JsonAsk = Omit<Ask, 'body'> & { readonly json?: unknown };

/** One of v3's collections. */
type Page<Item> = {
  readonly metadata: { readonly next: string | null };
  readonly data: readonly Item[];
};

export class Requests {
  readonly #connection: Connection;
  /** Aborted: it is disconnected. */
  #over = new AbortController();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  open(): void {
    if (this.#over.signal.aborted) this.#over = new AbortController();
  }

  /** What is under way is given up, and what comes is refused. */
  close(): void {
    this.#over.abort(notConnected('the admin'));
  }

  /** @param isReply as askJson has it. */
  ask<Reply>({ signal, ...ask }: JsonAsk, isReply?: (reply: Reply) => boolean): Promise<Reply> {
    return this.#whileOpen(signal, (open) => {
      return this.#connection.askJson({ ...ask, signal: open }, isReply);
    });
  }

  /** With the reply's headers. */
  answer({ signal, ...ask }: Ask) {
    return this.#whileOpen(signal, (open) => this.#connection.ask({ ...ask, signal: open }));
  }

  /** All of a v3 collection, page by page. */
  async list<Item>(path: string, { signal }: CallOptions = {}): Promise<readonly Item[]> {
    const all: Item[] = [];
    for (let next: string | null = path; next !== null; ) {
      const page: Page<Item> = await this.ask({ method: 'GET', path: next, signal });
      all.push(...page.data);
      next = page.metadata.next === null ? null : routeOf(page.metadata.next);
    }
    return all;
  }

  async #whileOpen<Reply>(
    signal: AbortSignal | undefined,
    send: (open: AbortSignal) => Promise<Reply>,
  ): Promise<Reply> {
    const over = this.#over.signal;
    over.throwIfAborted();
    if (signal === undefined) return send(over);
    const either = new AbortController();
    const unfollow = [over, signal].map((one) => follow(either, one));
    try {
      return await send(either.signal);
    } finally {
      for (const end of unfollow) end();
    }
  }
}

/** An engine behind others may not know the URL by which it is reached. */
function routeOf(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname.slice(pathname.indexOf('/v3/')) + search;
}

/** Requests of one call at once: enough to hide the way there and back, and too few to crowd out
 * others. */
const atOnceMax = 8;

/** @param work begins with the first item, and with no other once it has failed for one.
 * @returns what came of each, in the order of the items. */
export async function eachOf<Item, Done>(
  items: readonly Item[],
  work: (item: Item) => Promise<Done>,
): Promise<Done[]> {
  const done = new Array<Done>(items.length);
  const left = items.entries();
  let failed = false;
  const worker = async () => {
    for (const [index, item] of left) {
      if (failed) return;
      try {
        done[index] = await work(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnceMax, items.length) }, worker));
  return done;
}
