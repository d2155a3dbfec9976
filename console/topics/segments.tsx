// What one partition is stored in.

import { segmentsPath } from '../engine/paths.ts';
import type { SegmentsReply } from '../engine/replies.ts';
import { bytesText, countText, timeText } from '../page/formats.ts';
import { Looking } from '../page/looking.tsx';
import { type Column, Table } from '../page/table.tsx';
import { allTopics, stepTo, Trail } from '../page/trail.tsx';
import { hashOf, type PlaceOf, recordsPlace } from '../router.ts';
import { useLook } from '../session.ts';

const segmentsMillis = 15_000;

type Segment = SegmentsReply['segments'][number];

export function SegmentsView({ place }: { readonly place: PlaceOf<'segments'> }) {
  const { topic, partition, offset } = place;
  const seen = useLook<SegmentsReply>(segmentsPath(topic, partition, offset), segmentsMillis);
  return (
    <>
      <Trail steps={[allTopics, stepTo(topic)]} />
      <h1 tabIndex={-1}>
        Segments of {topic}, partition {partition}
      </h1>
      <Looking seen={seen}>
        {({ segments, ...said }) => (
          <>
            <p>
              The log holds offsets {countText(said.log_start_offset)} to{' '}
              {countText(said.log_end_offset)}. A segment is what one append has put, or what a
              merge has made of many.
            </p>
            <Table
              caption="Segments"
              isTitled
              columns={columnsOf(place)}
              rows={segments}
              keyOf={(segment) => segment.base_offset}
              empty="There are no segments here."
            />
            <nav aria-label="Pages" class="pages">
              {offset !== undefined && <a href={hashOf({ ...place, offset: undefined })}>First</a>}
              {said.next_offset < said.log_end_offset && (
                <a href={hashOf({ ...place, offset: said.next_offset })}>Next</a>
              )}
            </nav>
          </>
        )}
      </Looking>
    </>
  );
}

function columnsOf({ topic, partition }: PlaceOf<'segments'>): readonly Column<Segment>[] {
  const recordsFrom = (offset: number) =>
    hashOf(recordsPlace({ topic, partition, from: { offset } }));
  return [
    {
      name: 'Base offset',
      isNumber: true,
      cell: ({ base_offset: base }) => <a href={recordsFrom(base)}>{countText(base)}</a>,
    },
    { name: 'Offsets', isNumber: true, cell: ({ count }) => countText(count) },
    { name: 'Size', isNumber: true, cell: ({ bytes }) => bytesText(bytes) },
    { name: 'Latest time', cell: (segment) => timeText(segment.timestamp_max) },
  ];
}
