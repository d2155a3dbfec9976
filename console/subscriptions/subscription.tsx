// One subscription: whether it goes well, how many wait, and its valves, which may be turned here.

import { subscriptionPath } from '../engine/paths.ts';
import type { DescribedSubscription, SubscriptionReply } from '../engine/replies.ts';
import { behindText, totalLag } from '../groups/lag.ts';
import { How, useAct } from '../page/act.tsx';
import { ButtonLink } from '../page/button-link.tsx';
import { Fact } from '../page/fact.tsx';
import { countText, timeText } from '../page/formats.ts';
import { Looking } from '../page/looking.tsx';
import { type Column, Table } from '../page/table.tsx';
import { allSubscriptions, Trail } from '../page/trail.tsx';
import { hashOf, recordsPlace } from '../router.ts';
import { useLook, useSession } from '../session.ts';
import { targetText } from './target-text.ts';
import { Valves } from './valves.tsx';

const lookMillis = 5_000;

export function SubscriptionView({ name }: { readonly name: string }) {
  const seen = useLook<DescribedSubscription>(subscriptionPath(name), lookMillis);
  return (
    <>
      <Trail steps={[allSubscriptions]} />
      <h1 tabIndex={-1}>{name}</h1>
      <Looking seen={seen}>
        {(subscription) => (
          <>
            <div class="actions">
              <PauseButton subscription={subscription} />
              {subscription.dead_letter_topic !== null && (
                <ButtonLink place={{ kind: 'dead-letters', subscription: name, page: 0 }}>
                  Dead letters
                </ButtonLink>
              )}
            </div>
            <Facts subscription={subscription} />
            <h2>Valves</h2>
            <Valves key={valvesOf(subscription)} subscription={subscription} />
            <h2>Backlog</h2>
            <Table
              caption="Backlog of each partition"
              isTitled
              columns={columnsOf(subscription)}
              rows={subscription.partitions}
              keyOf={({ partition }) => partition}
              empty="There are no partitions."
            />
          </>
        )}
      </Looking>
    </>
  );
}

/** When somebody else has turned them, the form shows it. */
function valvesOf({ max_concurrency, max_records_per_second }: SubscriptionReply): string {
  return `${max_concurrency} ${max_records_per_second}`;
}

function Facts({ subscription }: { readonly subscription: DescribedSubscription }) {
  const { topic, group, state, target, dead_letter_topic: letters } = subscription;
  return (
    <dl class="totals">
      <Fact name="State">{state}</Fact>
      <Fact name="Backlog">{countText(totalLag(subscription.partitions))}</Fact>
      <Fact name="Topic">
        <a href={hashOf({ kind: 'topic', topic })}>{topic}</a>
      </Fact>
      <Fact name="Group">
        <a href={hashOf({ kind: 'group', group })}>{group}</a>
      </Fact>
      <Fact name="Target">{targetText(target)}</Fact>
      <Fact name="Records of a delivery">{countText(subscription.batch_size)}</Fact>
      <Fact name="Tries">{attemptsText(subscription.max_attempts)}</Fact>
      <Fact name="Dead letters">{letters ?? 'nowhere: nothing is given up'}</Fact>
    </dl>
  );
}

function attemptsText(attempts: number | null): string {
  return attempts === null ? 'until they are taken' : `${countText(attempts)} at most`;
}

function PauseButton({ subscription }: { readonly subscription: SubscriptionReply }) {
  const { api, polling } = useSession();
  const [act, ended] = useAct();
  const { name, state } = subscription;
  const verb = state === 'running' ? 'pause' : 'resume';
  const change = () =>
    act(async () => {
      await api.json(`${subscriptionPath(name)}/${verb}`, { method: 'POST' });
      polling.hurry(subscriptionPath(name));
      return `${name} is ${state === 'running' ? 'paused' : 'running'}.`;
    });
  return (
    <>
      <button type="button" onClick={change}>
        {verb === 'pause' ? 'Pause deliveries' : 'Resume deliveries'}
      </button>
      <How ended={ended} />
    </>
  );
}

type Partition = DescribedSubscription['partitions'][number];

function columnsOf({ topic }: SubscriptionReply): readonly Column<Partition>[] {
  return [
    {
      name: 'Partition',
      isNumber: true,
      cell: ({ partition, committed_offset: offset }) => (
        <a
          href={hashOf(recordsPlace({ topic, partition, from: { offset } }))}
          aria-label={`Records of partition ${partition} that are next`}
        >
          {partition}
        </a>
      ),
    },
    { name: 'Next', isNumber: true, cell: (one) => countText(one.committed_offset) },
    { name: 'Log end', isNumber: true, cell: (one) => countText(one.log_end_offset) },
    { name: 'Backlog', isNumber: true, cell: ({ lag }) => countText(lag) },
    { name: 'Behind by', isNumber: true, cell: ({ lag_ms: millis }) => behindText(millis) },
    { name: 'Failed tries', isNumber: true, cell: ({ attempts }) => countText(attempts) },
    { name: 'Last error', cell: ({ last_error: error }) => error ?? 'none' },
    {
      name: 'Next try',
      cell: ({ retry_at: at }) => (at === null ? 'when there is something' : timeText(at)),
    },
  ];
}
