// One group: who is in it, who reads what, and how far behind it is, now and since the page was
// opened.

import { useEffect } from 'preact/hooks';
import { assignmentsPath, consumersPath, groupPath, lagsPath } from '../engine/paths.ts';
import type { AssignmentReply, ConsumerReply, GroupReply, Lag, List } from '../engine/replies.ts';
import { Fact } from '../page/fact.tsx';
import { countText } from '../page/formats.ts';
import { Glimpse, Looking } from '../page/looking.tsx';
import { type Column, Table } from '../page/table.tsx';
import { allGroups, Trail } from '../page/trail.tsx';
import { hashOf, recordsPlace } from '../router.ts';
import { useLook, useSession } from '../session.ts';
import { stateText } from './group-state.ts';
import { behindText, totalLag } from './lag.ts';
import { sampleOf } from './lag-history.ts';
import { LagOverTime } from './lag-over-time.tsx';

const groupMillis = 10_000;
const lagMillis = 5_000;
const assignmentMillis = 20_000;
/** Members whose assignment is asked for. */
const membersShown = 25;

export function GroupView({ group }: { readonly group: string }) {
  const session = useSession();
  const seen = useLook<GroupReply>(groupPath(group), groupMillis);
  const consumers = useLook<List<ConsumerReply>>(consumersPath(group), groupMillis);
  const lags = useLook<List<Lag>>(lagsPath(group), lagMillis);
  const { now } = lags;
  useEffect(() => {
    if (now !== undefined) session.noteLag(group, sampleOf(now.data.data, now.at));
  }, [session, group, now]);
  return (
    <>
      <Trail steps={[allGroups]} />
      <h1 tabIndex={-1}>{group}</h1>
      <Looking seen={seen}>
        {({ state, generation, partition_assignor: assignor }) => (
          <dl class="totals">
            <Fact name="State">{stateText(state)}</Fact>
            <Fact name="Lag">
              <Glimpse seen={lags}>{({ data }) => countText(totalLag(data))}</Glimpse>
            </Fact>
            <Fact name="Generation">{countText(generation)}</Fact>
            <Fact name="Assignor">{assignor}</Fact>
          </dl>
        )}
      </Looking>
      <h2>Lag</h2>
      <LagOverTime group={group} />
      <Looking seen={lags}>
        {({ data }) => (
          <Table
            caption="Lag of each partition"
            isTitled
            columns={lagColumns}
            rows={data}
            keyOf={(lag) => `${lag.topic_name}-${lag.partition_id}`}
            empty="Nothing is committed."
          />
        )}
      </Looking>
      <h2>Members</h2>
      <Looking seen={consumers}>
        {({ data }) => (
          <>
            <Table
              caption="Members"
              isTitled
              columns={memberColumns(group)}
              rows={data.slice(0, membersShown)}
              keyOf={({ consumer_id: id }) => id}
              empty="Nobody is in it."
            />
            {data.length > membersShown && (
              <p class="hint">{`The first ${membersShown} of ${countText(data.length)}.`}</p>
            )}
          </>
        )}
      </Looking>
    </>
  );
}

const lagColumns: readonly Column<Lag>[] = [
  { name: 'Topic', cell: ({ topic_name: topic }) => topic },
  {
    name: 'Partition',
    isNumber: true,
    cell: ({ topic_name: topic, partition_id: partition, current_offset: offset }) => (
      <a
        href={hashOf(recordsPlace({ topic, partition, from: { offset } }))}
        aria-label={`Records of ${topic}, partition ${partition}, that are next`}
      >
        {partition}
      </a>
    ),
  },
  { name: 'Next', isNumber: true, cell: (lag) => countText(lag.current_offset) },
  { name: 'Log end', isNumber: true, cell: (lag) => countText(lag.log_end_offset) },
  { name: 'Lag', isNumber: true, cell: ({ lag }) => countText(lag) },
  { name: 'Behind by', isNumber: true, cell: ({ lag_ms: millis }) => behindText(millis) },
  { name: 'Member', cell: ({ consumer_id: id }) => id || 'nobody' },
];

function memberColumns(group: string): readonly Column<ConsumerReply>[] {
  return [
    { name: 'Member', cell: ({ consumer_id: id }) => id },
    { name: 'Client', cell: ({ client_id: client }) => client },
    {
      name: 'Partitions',
      cell: ({ consumer_id: id }) => <Assignment group={group} consumer={id} />,
    },
  ];
}

function Assignment({ group, consumer }: { readonly group: string; readonly consumer: string }) {
  const path = assignmentsPath(group, consumer);
  const seen = useLook<List<AssignmentReply>>(path, assignmentMillis);
  return (
    <Glimpse seen={seen}>
      {({ data }) =>
        data.map(({ topic_name, partition_id }) => `${topic_name}-${partition_id}`).join(', ') ||
        'none'
      }
    </Glimpse>
  );
}
