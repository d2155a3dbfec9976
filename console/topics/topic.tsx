// One topic: its partitions, how large they are and how fast they grow, and what is set about it.

import { useEffect, useState } from 'preact/hooks';
import { configsPath, sizesPath } from '../engine/paths.ts';
import type { ConfigReply, List, PartitionSize, SizesReply } from '../engine/replies.ts';
import { ButtonLink } from '../page/button-link.tsx';
import { Fact } from '../page/fact.tsx';
import { atLeast, bytesText, countText, rateText } from '../page/formats.ts';
import { Looking } from '../page/looking.tsx';
import { type Column, Table } from '../page/table.tsx';
import { allTopics, Trail } from '../page/trail.tsx';
import type { Sighting } from '../polling/seen.ts';
import { hashOf, recordsPlace } from '../router.ts';
import { useLook, useSession } from '../session.ts';
import { type Rates, ratesIn, ratesOf, totalOf } from './rates.ts';

const sizesMillis = 5_000;
const configsMillis = 60_000;

export function TopicView({ topic }: { readonly topic: string }) {
  const [first, setFirst] = useState(0);
  const seen = useLook<SizesReply>(sizesPath(topic, first), sizesMillis);
  return (
    <>
      <Trail steps={[allTopics]} />
      <h1 tabIndex={-1}>{topic}</h1>
      <p class="actions">
        <ButtonLink place={{ kind: 'produce', topic, partition: undefined }}>
          Produce a record
        </ButtonLink>
      </p>
      <Looking seen={seen}>
        {({ partitions, next_partition: next }) => (
          <>
            <Totals sizes={partitions} isPart={next !== null || first > 0} rates={ratesIn(seen)} />
            <Table
              caption="Partitions"
              columns={columnsOf(topic, seen.before)(seen.now?.at ?? 0)}
              rows={partitions}
              keyOf={({ partition }) => partition}
              empty="There are no more partitions."
            />
            <p class="pages">
              {first > 0 && (
                <button type="button" onClick={() => setFirst(0)}>
                  First partitions
                </button>
              )}
              {next !== null && (
                <button type="button" onClick={() => setFirst(next)}>
                  Partitions from {next} on
                </button>
              )}
            </p>
          </>
        )}
      </Looking>
      <Settings topic={topic} isGone={seen.refusal?.status === 404} />
    </>
  );
}

function Settings({ topic, isGone }: { readonly topic: string; readonly isGone: boolean }) {
  const { polling } = useSession();
  const path = configsPath(topic);
  const configs = useLook<List<ConfigReply>>(path, configsMillis);
  // Those of a topic that is gone are not those of another that is called so.
  useEffect(() => polling.hurry(path), [polling, path, isGone]);
  if (isGone) return null;
  return (
    <>
      <h2>Settings</h2>
      <Looking seen={configs}>
        {({ data }) => (
          <Table
            caption="Settings"
            isTitled
            columns={configColumns}
            rows={data}
            keyOf={({ name }) => name}
            empty="There are none."
          />
        )}
      </Looking>
    </>
  );
}

type TotalsProps = {
  readonly sizes: readonly PartitionSize[];
  readonly isPart: boolean;
  readonly rates: Rates | undefined;
};

function Totals({ sizes, isPart, rates }: TotalsProps) {
  const total = totalOf(sizes);
  const counted = isPart || total.isPart;
  return (
    <dl class="totals">
      <Fact name="Records">{atLeast(countText(total.records), isPart)}</Fact>
      <Fact name="Size">{atLeast(bytesText(total.bytes), counted)}</Fact>
      <Fact name="Segments">{atLeast(countText(total.segments), counted)}</Fact>
      <Fact name="Records/s">{rateText(rates?.recordsPerSecond)}</Fact>
      <Fact name="Bytes/s">
        {rates === undefined ? rateText(undefined) : bytesText(rates.bytesPerSecond)}
      </Fact>
    </dl>
  );
}

const columnsOf =
  (topic: string, before: Sighting<SizesReply> | undefined) =>
  (at: number): readonly Column<PartitionSize>[] => {
    const earlier = before && { data: before.data.partitions, at: before.at };
    const rate = (size: PartitionSize) => ratesOf(earlier, { data: [size], at })?.recordsPerSecond;
    return [
      { name: 'Partition', isNumber: true, cell: ({ partition }) => partition },
      { name: 'Log start', isNumber: true, cell: (size) => countText(size.log_start_offset) },
      { name: 'Log end', isNumber: true, cell: (size) => countText(size.log_end_offset) },
      {
        name: 'Size',
        isNumber: true,
        cell: (size) => atLeast(bytesText(size.bytes), size.counted_from > size.log_start_offset),
      },
      {
        name: 'Segments',
        isNumber: true,
        cell: (size) => (
          <a
            href={hashOf({ kind: 'segments', topic, partition: size.partition, offset: undefined })}
            aria-label={`Segments of partition ${size.partition}: ${size.segments}`}
          >
            {atLeast(countText(size.segments), size.counted_from > size.log_start_offset)}
          </a>
        ),
      },
      { name: 'Records/s', isNumber: true, cell: (size) => rateText(rate(size)) },
      {
        name: 'Records',
        cell: ({ partition }) => (
          <a
            href={hashOf(recordsPlace({ topic, partition }))}
            aria-label={`Browse partition ${partition}`}
          >
            Browse
          </a>
        ),
      },
    ];
  };

const configColumns: readonly Column<ConfigReply>[] = [
  { name: 'Setting', cell: ({ name }) => name },
  { name: 'Value', cell: ({ value }) => value },
  { name: 'From', cell: (config) => (config.is_default ? 'the default' : 'this topic') },
];
