// All topics: how large they are, and how fast they grow.

import { sizesPath, topicsPath } from '../engine/paths.ts';
import type { List, SizesReply, TopicReply } from '../engine/replies.ts';
import { bytesText, countText, rateText } from '../page/formats.ts';
import { ListControls, Looking, pageOf } from '../page/parts.tsx';
import { type Column, Table } from '../page/table.tsx';
import type { Seen } from '../polling/seen.ts';
import { hashOf, type PlaceOf } from '../router.ts';
import { useLook } from '../session.ts';
import { ratesOf, type Total, totalOf } from './rates.ts';

const listMillis = 15_000;
const sizesMillis = 5_000;

export function TopicsView({ place }: { readonly place: PlaceOf<'topics'> }) {
  const seen = useLook<List<TopicReply>>(topicsPath, listMillis);
  return (
    <>
      <h1 tabIndex={-1}>Topics</h1>
      <Looking seen={seen}>
        {({ data }) => {
          const { rows, ...pages } = pageOf(data, place, (topic) => topic.topic_name);
          const empty = data.length === 0 ? 'There are no topics yet.' : 'No topic is called so.';
          return (
            <>
              <ListControls place={place} what="a topic" {...pages} />
              <Table
                caption="Topics"
                isTitled
                columns={columns}
                rows={rows}
                keyOf={(topic) => topic.topic_name}
                empty={empty}
              />
            </>
          );
        }}
      </Looking>
    </>
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
  const { now, refusal } = seen;
  if (now === undefined) return <>{refusal === undefined ? '…' : 'not known'}</>;
  const total = totalOf(now.data.partitions);
  const isPart = now.data.next_partition !== null;
  return <>{sizedTexts[show]({ ...total, isPart: isPart || total.isPart }, seen, isPart)}</>;
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

/** A topic of very many partitions, or of a very long index, is not counted to its end. */
export function atLeast(text: string, isPart: boolean): string {
  return isPart ? `at least ${text}` : text;
}

export function ratesIn({ now, before }: Seen<SizesReply>) {
  if (now === undefined) return undefined;
  const partitionsOf = (at: typeof now) => ({ data: at.data.partitions, at: at.at });
  return ratesOf(before && partitionsOf(before), partitionsOf(now));
}
