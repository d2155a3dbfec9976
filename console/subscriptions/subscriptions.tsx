// All subscriptions: who is given which topic's records, and how many wait.

import { subscriptionPath, subscriptionsAfterPath } from '../engine/paths.ts';
import type {
  DescribedSubscription,
  SubscriptionReply,
  SubscriptionsReply,
} from '../engine/replies.ts';
import { totalLag } from '../groups/lag.ts';
import { countText } from '../page/formats.ts';
import { ListView } from '../page/list-view.tsx';
import { Glimpse } from '../page/looking.tsx';
import type { Column } from '../page/table.tsx';
import { hashOf, type PlaceOf } from '../router.ts';
import { useLook } from '../session.ts';
import { targetText } from './target-text.ts';

const listMillis = 15_000;
const backlogMillis = 10_000;

export function SubscriptionsView({ place }: { readonly place: PlaceOf<'subscriptions'> }) {
  const seen = useLook<SubscriptionsReply>(subscriptionsAfterPath(place.after), listMillis);
  return (
    <ListView
      place={place}
      title="Subscriptions"
      noun="subscription"
      seen={seen}
      rowsOf={({ subscriptions }) => subscriptions}
      nameOf={({ name }) => name}
      columns={columns}
      first={place.after === undefined ? undefined : { ...place, page: 0, after: undefined }}
      nextOf={({ next }) => (next === null ? undefined : { ...place, page: 0, after: next })}
    />
  );
}

const columns: readonly Column<SubscriptionReply>[] = [
  {
    name: 'Subscription',
    cell: ({ name }) => <a href={hashOf({ kind: 'subscription', subscription: name })}>{name}</a>,
  },
  { name: 'Topic', cell: ({ topic }) => topic },
  { name: 'Target', cell: ({ target }) => targetText(target) },
  { name: 'State', cell: ({ state }) => state },
  { name: 'Backlog', isNumber: true, cell: ({ name }) => <Backlog name={name} /> },
];

function Backlog({ name }: { readonly name: string }) {
  const seen = useLook<DescribedSubscription>(subscriptionPath(name), backlogMillis);
  return <Glimpse seen={seen}>{({ partitions }) => countText(totalLag(partitions))}</Glimpse>;
}
