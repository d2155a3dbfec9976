// All groups, and how far behind they are.

import { groupsPath, lagsPath } from '../engine/paths.ts';
import type { GroupReply, Lag, List } from '../engine/replies.ts';
import { countText, durationText } from '../page/formats.ts';
import { ListControls, Looking, pageOf } from '../page/parts.tsx';
import { type Column, Table } from '../page/table.tsx';
import { hashOf, type PlaceOf } from '../router.ts';
import { useLook } from '../session.ts';

const listMillis = 15_000;
const lagMillis = 10_000;

export function GroupsView({ place }: { readonly place: PlaceOf<'groups'> }) {
  const seen = useLook<List<GroupReply>>(groupsPath, listMillis);
  return (
    <>
      <h1 tabIndex={-1}>Groups</h1>
      <Looking seen={seen}>
        {({ data }) => {
          const { rows, ...pages } = pageOf(data, place, (group) => group.consumer_group_id);
          const empty = data.length === 0 ? 'There are no groups yet.' : 'No group is called so.';
          return (
            <>
              <ListControls place={place} what="a group" {...pages} />
              <Table
                caption="Groups"
                isTitled
                columns={columns}
                rows={rows}
                keyOf={(group) => group.consumer_group_id}
                empty={empty}
              />
            </>
          );
        }}
      </Looking>
    </>
  );
}

const columns: readonly Column<GroupReply>[] = [
  {
    name: 'Group',
    cell: ({ consumer_group_id: group }) => <a href={hashOf({ kind: 'group', group })}>{group}</a>,
  },
  { name: 'State', cell: ({ state }) => stateText(state) },
  {
    name: 'Lag',
    isNumber: true,
    cell: ({ consumer_group_id: group }) => <GroupLag group={group} show="records" />,
  },
  {
    name: 'Behind by',
    isNumber: true,
    cell: ({ consumer_group_id: group }) => <GroupLag group={group} show="time" />,
  },
];

/** `PREPARING_REBALANCE` as people write it. */
export function stateText(state: string): string {
  return state.toLowerCase().replaceAll('_', ' ');
}

/** One look at a group's lag, in each of its cells. */
function GroupLag({ group, show }: { readonly group: string; readonly show: 'records' | 'time' }) {
  const { now, refusal } = useLook<List<Lag>>(lagsPath(group), lagMillis);
  if (now === undefined) return <>{refusal === undefined ? '…' : 'not known'}</>;
  const lags = now.data.data;
  if (lags.length === 0) return <>nothing committed</>;
  if (show === 'records') return <>{countText(lags.reduce((sum, { lag }) => sum + lag, 0))}</>;
  return <>{behindText(longestOf(lags))}</>;
}

/** The longest of them, as far as it is known. */
function longestOf(lags: readonly Lag[]): number | null {
  return lags.reduce<number | null>((most, { lag_ms: millis }) => {
    return millis === null ? most : Math.max(most ?? 0, millis);
  }, null);
}

export function behindText(millis: number | null): string {
  return millis === null ? 'not known' : durationText(millis);
}
