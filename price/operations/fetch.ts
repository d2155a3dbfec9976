// What fetches of a partition use, in no group.

import { mergeAgeMillis } from '../../shared/housekeeping-limits.ts';
import { fetchBytesDefault, fetchWaitMillisMax, refsPerChunk } from '../../shared/limits.ts';
import { housekeepersOf } from '../housekeepers.ts';
import { kilobytes, media, type Operation, Stage, topic } from './stage.ts';

const times = 32;
const log = `/topics/${topic}/partitions/0`;
const hundred = { body: { records: kilobytes.slice(0, 100).map((value) => ({ value })) } };

export function countFetch(): Promise<readonly Operation[]> {
  return Stage.open(12, async (stage) => {
    let end = 1;
    const fetch = (offset: number, query = '', accept: string = media.json) =>
      stage.ask(`GET ${log}/records?offset=${offset}${query}`, { headers: { Accept: accept } });
    const append = async () => {
      await stage.ask(`POST ${log}`, hundred);
      end += 100;
    };
    await fetch(0);
    return [
      await stage.count('a look at the end, with nothing new', times, () => fetch(end)),
      await stage.count(
        'what one append brought: 100 records of a KB',
        times,
        () => fetch(end - 100),
        append,
      ),
      await stage.count(
        'the same, as raw batches',
        times,
        () => fetch(end - 100, '', media.batches),
        append,
      ),
      await stage.count('what the process has read before', times, () => fetch(end - 100)),
      await stage.count(
        'what one append brought, by a process that is new to the topic',
        times,
        () => fetch(end - 100),
        async () => stage.coldStart(),
      ),
      await stage.count(
        `a long poll of ${fetchWaitMillisMax / 1_000} seconds, with nothing new`,
        4,
        () => fetch(end, `&timeout=${fetchWaitMillisMax}`),
      ),
      ...(await countOldData(stage)),
    ];
  });
}

/** Of a log that has been appended to by little and little. */
async function countOldData(stage: Stage): Promise<readonly Operation[]> {
  const place = '/topics/old/partitions/0';
  const chunks = 12;
  const perAppend = Math.floor(fetchBytesDefault / (refsPerChunk * 1_100));
  const filledAt = stage.account.world.time.now();
  await stage.createTopic('old', 1);
  for (let append = 0; append < chunks * refsPerChunk; append++) {
    // None is twice in a chunk: merged, it would be compressed.
    const records = Array.from({ length: perAppend }, (_, index) => {
      return { value: kilobytes[(append * perAppend + index) % kilobytes.length] };
    });
    await stage.ask(`POST ${place}`, { body: { records } });
  }
  const recordsPerChunk = perAppend * refsPerChunk;
  const fetch = (chunk: number) =>
    stage.ask(`GET ${place}/records?offset=${chunk * recordsPerChunk}`, {
      headers: { Accept: media.batches },
    });
  const far = chunks / 2;
  const counted = [
    await stage.count('a MB of old data, of 16 appends', far, (time) => fetch(2 * time)),
  ];
  await stage.account.world.time.sleep(mergeAgeMillis);
  await housekeepersOf(stage.account).upkeep({ byClock: true });
  // Until every replica of the index has it.
  await stage.account.world.time.sleep(mergeAgeMillis);
  stage.coldStart();
  await stage.ask(`GET ${place}/records?offset=${chunks * recordsPerChunk}`);
  await fetch(0);
  return [
    ...counted,
    await stage.count('the same, once they are merged', far - 1, (time) => fetch(2 * time + 2)),
    await stage.count(
      'a record of a time, by a process that is new to the topic',
      far,
      (time) => stage.ask(`GET ${place}/records?timestamp=${filledAt + 2_000 * time}&max_bytes=1`),
      async () => stage.coldStart(),
    ),
  ];
}
