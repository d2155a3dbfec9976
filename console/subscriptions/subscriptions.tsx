// All subscriptions: who is given which topic's records, and how many wait.

import { subscriptionPath, subscriptionsFromPath } from '../engine/paths.ts';
import type {
  DescribedSubscription,
  SubscriptionReply,
  SubscriptionsReply,
} from '../engine/replies.ts';
import { countText } from '../page/formats.ts';
import { ListControls, Looking, pageOf } from '../page/parts.tsx';
import { type Column, Table } from '../page/table.tsx';
import { hashOf, type PlaceOf } from '../router.ts';
import { useLook } from '../session.ts';

const listMillis = 15_000;
const backlogMillis = 10_000;

export function SubscriptionsView({ place }: { readonly place: PlaceOf<'subscriptions'> }) {
  const seen = useLook<SubscriptionsReply>(subscriptionsFromPath(''), listMillis);
  return (
    <>
      <h1 tabIndex={-1}>Subscriptions</h1>
      <Looking seen={seen}>
        {({ subscriptions, next }) => {
          const { rows, ...pages } = pageOf(subscriptions, place, ({ name }) => name);
          const isNone = subscriptions.length === 0;
          return (
            <>
              <ListControls place={place} what="a subscription" {...pages} />
              <Table
                caption="Subscriptions"
                isTitled
                columns={columns}
                rows={rows}
                keyOf={({ name }) => name}
                empty={isNone ? 'There are no subscriptions yet.' : 'No subscription is called so.'}
              />
              {next !== null && (
                <p class="hint">{`There are more, after ${next}: they have links of their own.`}</p>
              )}
            </>
          );
        }}
      </Looking>
    </>
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

export function targetText({ type, ...more }: SubscriptionReply['target']): string {
  return `${type}: ${Object.values(more).join(' ')}`;
}

function Backlog({ name }: { readonly name: string }) {
  const { now, refusal } = useLook<DescribedSubscription>(subscriptionPath(name), backlogMillis);
  if (now === undefined) return <>{refusal === undefined ? '…' : 'not known'}</>;
  return <>{countText(backlogOf(now.data))}</>;
}

export function backlogOf({ partitions }: DescribedSubscription): number {
  return partitions.reduce((sum, { lag }) => sum + lag, 0);
}
