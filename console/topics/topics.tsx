// All topics: how large they are, and how fast they grow.

import { sizesPath, topicsPath } from '../engine/paths.ts';
import type { List, SizesReply, TopicReply } from '../engine/replies.ts';
import { atLeast, bytesText, countText, rateText } from '../page/formats.ts';
import { ListView } from '../page/list-view.tsx';
import { Glimpse } from '../page/looking.tsx';
import type { Column } from '../page/table.tsx';
import type { Seen } from '../polling/seen.ts';
import { hashOf, type PlaceOf } from '../router.ts';
import { useLook } from '../session.ts';
import { ratesIn, type Total, totalOf } from './rates.ts';

const listMillis = 15_000;
const sizesMillis = 5_000;

export function TopicsView({ place }: { readonly place: PlaceOf<'topics'> }) {
  const seen = useLook<List<TopicReply>>(topicsPath, listMillis);
  return (
    <ListView
      place={place}
      title="Topics"
      noun="topic"
      seen={seen}
      rowsOf={({ data }) => data}
      nameOf={(topic) => topic.topic_name}
      columns={columns}
    />
  );
}

const columns: readonly Column<TopicReply>[] = [
  {
    name: 'Topic',
    cell: ({ topic_name: topic }) => <a href={hashOf({ kind: 'topic', topic })}>{topic}</a>,
  },
  { name: 'Partitions', isNumber: true, cell: (topic) => countText(topic.partitions_count) },
  { name: 'Records', isNumber: true, cell: (topic) => <Sized topic={topic} show="records" /> },
  { name: 'Size', isNumber: true, cell: (topic) => <Sized topic={topic} show="bytes" /> },
  { name: 'Segments', isNumber: true, cell: (topic) => <Sized topic={topic} show="segments" /> },
  { name: 'Records/s', isNumber: true, cell: (topic) => <Sized topic={topic} show="recordRate" /> },
  { name: 'Bytes/s', isNumber: true, cell: (topic) => <Sized topic={topic} show="byteRate" /> },
];

type Show = 'records' | 'bytes' | 'segments' | 'recordRate' | 'byteRate';

/** One look at a topic, in each of its cells. */
function Sized({ topic, show }: { readonly topic: TopicReply; readonly show: Show }) {
  const seen = useLook<SizesReply>(sizesPath(topic.topic_name), sizesMillis);
  return (
    <Glimpse seen={seen}>
      {({ partitions, next_partition: next }) => {
        const total = totalOf(partitions);
        const isPart = next !== null;
        return sizedTexts[show]({ ...total, isPart: isPart || total.isPart }, seen, isPart);
      }}
    </Glimpse>
  );
}

const sizedTexts: Readonly<
  Record<Show, (total: Total, seen: Seen<SizesReply>, isPart: boolean) => string>
> = {
  records: ({ records }, _, isPart) => atLeast(countText(records), isPart),
  bytes: ({ bytes, isPart }) => atLeast(bytesText(bytes), isPart),
  segments: ({ segments, isPart }) => atLeast(countText(segments), isPart),
  recordRate: (_, seen) => rateText(ratesIn(seen)?.recordsPerSecond),
  byteRate: (_, seen) => {
    const rate = ratesIn(seen)?.bytesPerSecond;
    return rate === undefined ? rateText(rate) : bytesText(rate);
  },
};
