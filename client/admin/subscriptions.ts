// Subscriptions: a topic's records given to a function, a queue or an endpoint; how far that is,
// stopping it, going on elsewhere, and what becomes of what it has given up.
//
// What draws a secret is not sent again when its answer is lost: it is in that answer alone.

import { v2Type } from '../media-types.ts';
import { naming } from '../naming.ts';
import { segment, withQuery } from '../path.ts';
import type { CallOptions, Requests } from '../requests.ts';
import { offsetOf } from '../topic-partition.ts';
import { doneIfGone } from './failures.ts';
import { type Moment, momentOf } from './moment.ts';
import {
  deadLetterOf,
  type Fields,
  partitionOf,
  settingsBody,
  subscriptionOf,
} from './subscription-fields.ts';
import type {
  ChangedSubscription,
  DeadLetter,
  DescribedSubscription,
  SoughtPartition,
  Subscription,
  SubscriptionSettings,
  SubscriptionTarget,
} from './subscription-types.ts';

export type CreateSubscriptionOptions = CallOptions &
  SubscriptionSettings & {
    readonly name: string;
    readonly topic: string;
    /** @default that of its name */
    readonly groupId?: string;
    readonly target: SubscriptionTarget;
    /** Where it begins in partitions of which its group has committed nothing.
     * @default 'latest' */
    readonly startingPosition?: 'earliest' | 'latest' | { readonly timestamp: Moment };
  };

export type ChangeSubscriptionOptions = CallOptions &
  SubscriptionSettings & { readonly target?: SubscriptionTarget };

export type SeekSubscriptionOptions = CallOptions & {
  readonly to:
    | 'earliest'
    | 'latest'
    /** Brought within what the log holds. */
    | { readonly offset: string }
    /** The first record of that time or a later one; else the end. */
    | { readonly timestamp: Moment };
  /** @default all */
  readonly partition?: number;
};

export type RedriveOptions = CallOptions & {
  /** Records. @default all: also those that fail again meanwhile */
  readonly limit?: number;
};

const subscriptionNames = {
  404: 'RESOURCE_NOT_FOUND',
  409: 'DUPLICATE_RESOURCE',
  40301: 'GROUP_AUTHORIZATION_FAILED',
} as const;

/** Records of one request. */
const redrivenMax = 1_000;

type Verb = CallOptions & { readonly json?: unknown; readonly again?: 'safe' | 'unsafe' };

export class AdminSubscriptions {
  readonly #requests: Requests;

  constructor(requests: Requests) {
    this.#requests = requests;
  }

  /** All, by name. */
  async list(options: CallOptions = {}): Promise<Subscription[]> {
    type Page = { readonly subscriptions: readonly Fields[]; readonly next: string | null };
    const all: Subscription[] = [];
    for (let after: string | undefined | null; after !== null; ) {
      const path = withQuery('/subscriptions', { after });
      const page: Page = await this.#ask('GET', path, options);
      all.push(...page.subscriptions.map(subscriptionOf));
      after = page.next;
    }
    return all;
  }

  /** @returns it, with the secret of an https target for which none was given.
   * @throws SluiceError DUPLICATE_RESOURCE: there is one of that name */
  async create(options: CreateSubscriptionOptions): Promise<ChangedSubscription> {
    const { signal, groupId, startingPosition, ...settings } = options;
    const starting_position = placeOf('startingPosition', startingPosition);
    const json = { ...settingsBody(settings), group: groupId, starting_position };
    const again = 'unsafe';
    const reply = await this.#ask<Fields>('POST', '/subscriptions', { signal, json, again });
    return subscriptionOf(reply);
  }

  /** With how far it is in each partition, and what holds it up. */
  async describe(name: string, options: CallOptions = {}): Promise<DescribedSubscription> {
    type Reply = Fields & { readonly partitions: readonly Fields[] };
    const { partitions, ...reply } = await this.#ask<Reply>('GET', pathOf(name), options);
    return { ...subscriptionOf(reply), partitions: partitions.map(partitionOf) };
  }

  /** What is not said stays as it is; null: back to its default. Seen within a second. */
  async change(name: string, options: ChangeSubscriptionOptions): Promise<ChangedSubscription> {
    const { signal, ...settings } = options;
    const draws = settings.target?.type === 'https' && settings.target.secret === undefined;
    const json = settingsBody(settings);
    const again = draws ? 'unsafe' : 'safe';
    return subscriptionOf(await this.#ask('PATCH', pathOf(name), { signal, json, again }));
  }

  /** Nothing more is delivered, but what is under way. */
  async pause(name: string, options: CallOptions = {}): Promise<Subscription> {
    return subscriptionOf(await this.#ask('POST', `${pathOf(name)}/pause`, options));
  }

  async resume(name: string, options: CallOptions = {}): Promise<Subscription> {
    return subscriptionOf(await this.#ask('POST', `${pathOf(name)}/resume`, options));
  }

  /** Goes on elsewhere in the log.
   * @returns where, by partition */
  async seek(name: string, options: SeekSubscriptionOptions): Promise<SoughtPartition[]> {
    const { signal, to, partition } = options;
    const json = { to: placeOf('to', to), partition };
    type Reply = { readonly offsets: readonly (Omit<SoughtPartition, 'offset'> & Fields)[] };
    const { offsets } = await this.#ask<Reply>('POST', `${pathOf(name)}/seek`, { signal, json });
    return offsets.map((one) => ({ ...one, offset: String(one['offset']) }));
  }

  /** Signs with a new secret, and for a while with the one before it.
   * @param options.secret @default drawn */
  async rotateSecret(
    name: string,
    options: CallOptions & { readonly secret?: string } = {},
  ): Promise<string> {
    const { signal, secret } = options;
    const again = secret === undefined ? 'unsafe' : 'safe';
    type Reply = { readonly secret: string };
    const path = `${pathOf(name)}/rotate-secret`;
    return (await this.#ask<Reply>('POST', path, { signal, json: { secret }, again })).secret;
  }

  /** Ends it, and its group with it. */
  async delete(name: string, options: CallOptions = {}): Promise<void> {
    await this.#ask('DELETE', pathOf(name), options).catch(doneIfGone);
  }

  /** Records that were given up and not put back, the oldest of each partition first.
   * @param options.limit 1 to 100. @default 20 */
  async deadLetters(
    name: string,
    options: CallOptions & { readonly limit?: number } = {},
  ): Promise<DeadLetter[]> {
    const { signal, limit } = options;
    const path = withQuery(`${pathOf(name)}/dead-letters`, { limit });
    type Reply = { readonly dead_letters: readonly Fields[] };
    const reply = await this.#ask<Reply>('GET', path, { signal });
    return reply.dead_letters.map(deadLetterOf);
  }

  /** Puts dead letters back where they were, for this subscription alone, each once.
   * @returns how many, and whether there is nothing more to put back */
  async redrive(
    name: string,
    { limit = Number.POSITIVE_INFINITY, signal }: RedriveOptions = {},
  ): Promise<{ redriven: number; done: boolean }> {
    let redriven = 0;
    let done = false;
    while (!done && redriven < limit) {
      const json = { limit: Math.min(redrivenMax, limit - redriven) };
      // Asked again, it puts back the next ones.
      const again = limit === Number.POSITIVE_INFINITY ? 'safe' : 'unsafe';
      type Reply = { readonly redriven: number; readonly done: boolean };
      const path = `${pathOf(name)}/redrive`;
      const reply = await this.#ask<Reply>('POST', path, { signal, json, again });
      redriven += reply.redriven;
      done = reply.done;
    }
    return { redriven, done };
  }

  #ask<Reply>(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    options: Verb,
  ): Promise<Reply> {
    const asked = this.#requests.ask<Reply>({ method, path, accept: v2Type, ...options });
    return asked.catch(naming(subscriptionNames));
  }
}

function pathOf(name: string): string {
  return `/subscriptions/${segment('name', name)}`;
}

function placeOf(
  field: string,
  place: string | { readonly offset: string } | { readonly timestamp: Moment } | undefined,
) {
  if (typeof place !== 'object') return place;
  if ('offset' in place) return { offset: offsetOf(place.offset, 0) };
  return { timestamp: momentOf(`${field}.timestamp`, place.timestamp) };
}
