// Every place of the console has a link: what stands behind the `#`, which no browser sends to a
// server. What a link says is a stranger's word, too: what it should not hold leads nowhere.

/** What is looked for in records: of whose key, and what in any of a record's texts. */
export type Filter = { readonly key: string; readonly text: string };

/** Where reading begins; undefined: at the newest. */
export type From =
  | { readonly offset: number }
  | { readonly timestamp: number }
  /** The last ones below an offset. */
  | { readonly before: number }
  | undefined;

export type Place =
  | { readonly kind: 'topics'; readonly find: string; readonly page: number }
  | { readonly kind: 'topic'; readonly topic: string }
  | {
      readonly kind: 'segments';
      readonly topic: string;
      readonly partition: number;
      readonly offset: number | undefined;
    }
  | {
      readonly kind: 'records';
      readonly topic: string;
      readonly partition: number;
      readonly from: From;
      readonly filter: Filter;
      /** The record that is shown whole, by its offset. */
      readonly open: number | undefined;
    }
  | { readonly kind: 'produce'; readonly topic: string; readonly partition: number | undefined }
  | { readonly kind: 'groups'; readonly find: string; readonly page: number }
  | { readonly kind: 'group'; readonly group: string }
  | {
      readonly kind: 'subscriptions';
      readonly find: string;
      readonly page: number;
      /** The name after which they are listed: a reply does not hold all. */
      readonly after: string | undefined;
    }
  | { readonly kind: 'subscription'; readonly subscription: string }
  | { readonly kind: 'dead-letters'; readonly subscription: string; readonly page: number }
  | { readonly kind: 'nowhere' };

export type PlaceOf<Kind extends Place['kind']> = Extract<Place, { kind: Kind }>;

type Records = {
  readonly topic: string;
  readonly partition: number;
  /** @default undefined: the newest */
  readonly from?: From;
  /** @default undefined: none is shown whole */
  readonly open?: number | undefined;
};

/** Records of a partition, whatever they hold. */
export function recordsPlace({ topic, partition, from, open }: Records): PlaceOf<'records'> {
  return { kind: 'records', topic, partition, from, filter: { key: '', text: '' }, open };
}

export function hashOf(place: Place): string {
  switch (place.kind) {
    case 'topics':
    case 'groups':
    case 'subscriptions': {
      const { kind, find, page, after } = { after: undefined, ...place };
      return hash([kind], { find: find || undefined, page: page || undefined, after });
    }
    case 'topic':
      return hash(['topics', place.topic]);
    case 'segments': {
      const { offset } = place;
      return hash(['topics', place.topic, String(place.partition), 'segments'], { offset });
    }
    case 'records': {
      const { from, filter, open } = place;
      const key = filter.key || undefined;
      const text = filter.text || undefined;
      const path = ['topics', place.topic, String(place.partition), 'records'];
      return hash(path, { ...from, key, text, open });
    }
    case 'produce':
      return hash(['topics', place.topic, 'produce'], { partition: place.partition });
    case 'group':
      return hash(['groups', place.group]);
    case 'subscription':
      return hash(['subscriptions', place.subscription]);
    case 'dead-letters':
      return hash(['subscriptions', place.subscription, 'dead-letters'], {
        page: place.page || undefined,
      });
    case 'nowhere':
      return '#/nowhere';
  }
}

function hash(
  path: readonly string[],
  query: Readonly<Record<string, string | number | undefined>> = {},
): string {
  const said = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${encodeURIComponent(value ?? '')}`);
  const where = path.map(encodeURIComponent).join('/');
  return `#/${where}${said.length === 0 ? '' : `?${said.join('&')}`}`;
}

/** @param text of a URL, with its `#` or empty: the first place. */
export function placeOf(text: string): Place {
  if (text === '' || text === '#' || text === '#/') return { kind: 'topics', find: '', page: 0 };
  const [, where = '', asked = ''] = /^#\/([^?]*)(?:\?(.*))?$/s.exec(text) ?? [];
  const path = where.split('/').map(decoded);
  const query = new Map(asked.split('&').map(pairOf));
  if (path.includes(undefined)) return nowhere;
  const [root, name, ...rest] = path as string[];
  switch (root) {
    case 'topics':
      return name === undefined ? listOf('topics', query) : topicPlace(name, rest, query);
    case 'groups':
      if (name === undefined) return listOf('groups', query);
      return rest.length === 0 ? { kind: 'group', group: name } : nowhere;
    case 'subscriptions':
      if (name === undefined) {
        return { ...listOf('subscriptions', query), after: query.get('after') || undefined };
      }
      if (rest.length === 0) return { kind: 'subscription', subscription: name };
      if (rest.length > 1 || rest[0] !== 'dead-letters') return nowhere;
      return { kind: 'dead-letters', subscription: name, page: numberIn(query, 'page') ?? 0 };
    default:
      return nowhere;
  }
}

const nowhere: Place = { kind: 'nowhere' };

type Query = ReadonlyMap<string, string>;

function listOf<Kind extends 'topics' | 'groups' | 'subscriptions'>(kind: Kind, query: Query) {
  return { kind, find: query.get('find') ?? '', page: numberIn(query, 'page') ?? 0 };
}

function topicPlace(topic: string, rest: readonly string[], query: Query): Place {
  const [first, what, ...more] = rest;
  if (first === undefined) return { kind: 'topic', topic };
  if (first === 'produce' && what === undefined) {
    return { kind: 'produce', topic, partition: numberIn(query, 'partition') };
  }
  const partition = integer(first);
  if (partition === undefined || more.length > 0) return nowhere;
  if (what === 'segments') {
    return { kind: 'segments', topic, partition, offset: numberIn(query, 'offset') };
  }
  if (what !== 'records') return nowhere;
  const filter = { key: query.get('key') ?? '', text: query.get('text') ?? '' };
  return {
    kind: 'records',
    topic,
    partition,
    from: fromIn(query),
    filter,
    open: numberIn(query, 'open'),
  };
}

function fromIn(query: Query): From {
  const offset = numberIn(query, 'offset');
  if (offset !== undefined) return { offset };
  const timestamp = numberIn(query, 'timestamp');
  if (timestamp !== undefined) return { timestamp };
  const before = numberIn(query, 'before');
  return before === undefined ? undefined : { before };
}

function numberIn(query: Query, name: string): number | undefined {
  return integer(query.get(name) ?? '');
}

function integer(text: string): number | undefined {
  const number = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(number) ? number : undefined;
}

function pairOf(text: string): [string, string] {
  const at = text.indexOf('=');
  return [text.slice(0, Math.max(at, 0)), decoded(text.slice(at + 1)) ?? ''];
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
