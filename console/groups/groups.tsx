// All groups, and how far behind they are.

import { groupsPath, lagsPath } from '../engine/paths.ts';
import type { GroupReply, Lag, List } from '../engine/replies.ts';
import { countText } from '../page/formats.ts';
import { ListView } from '../page/list-view.tsx';
import { Glimpse } from '../page/looking.tsx';
import type { Column } from '../page/table.tsx';
import { hashOf, type PlaceOf } from '../router.ts';
import { useLook } from '../session.ts';
import { stateText } from './group-state.ts';
import { behindText, longestLag, totalLag } from './lag.ts';

const listMillis = 15_000;
const lagMillis = 10_000;

export function GroupsView({ place }: { readonly place: PlaceOf<'groups'> }) {
  const seen = useLook<List<GroupReply>>(groupsPath, listMillis);
  return (
    <ListView
      place={place}
      title="Groups"
      noun="group"
      seen={seen}
      rowsOf={({ data }) => data}
      nameOf={(group) => group.consumer_group_id}
      columns={columns}
    />
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

/** One look at a group's lag, in each of its cells. */
function GroupLag({ group, show }: { readonly group: string; readonly show: 'records' | 'time' }) {
  const seen = useLook<List<Lag>>(lagsPath(group), lagMillis);
  return (
    <Glimpse seen={seen}>
      {({ data }) => {
        if (data.length === 0) return 'nothing committed';
        return show === 'records' ? countText(totalLag(data)) : behindText(longestLag(data));
      }}
    </Glimpse>
  );
}
