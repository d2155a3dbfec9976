// A limit on everything, with its reason. Relations between limits are asserted at the bottom.

import { assert } from './assert.ts';

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;

// ---- The format: never changed for a log that lives.

/** Refs a chunk takes from the head. More would make the head outgrow one write unit. */
export const refsPerChunk = 16;
/** Kind and version 1, segment 16, position 4, length 4, count 4, timestamp 6. */
export const refBytes = 35;
/** Year 6429: what a ref's six signed bytes hold. -1 is Kafka's "no timestamp". */
export const timestampMax = 2 ** 47 - 1;
/** The last offset is below what JSON numbers hold exactly. */
export const offsetMax = 2 ** 53 - 1;

// ---- The head.

/** Appends are refused, and tried again, past this many refs: a roll is far behind. 9 KB of
 * head. */
export const tailRefsMax = 256;
/** How often a writer that is refused for a full head rolls it: one in ten, not all; twice as often
 * with each refusal, since it may be alone. */
export const rollOddsWhenFull = 0.1;
/** Producers that stay in the head however long they are idle. With refsPerChunk refs it is still
 * one write unit, as long as ids have 9 characters (ids.ts): a hundred trillion were given. The 12
 * of a key's producer make it a little more. */
export const residentProducersMax = 6;
/** Beyond those, whoever has not appended for so many tails leaves. */
export const idleTails = 2;
/** At so many, and at every multiple of it, a head is rolled for its producers, and the oldest
 * leave though they are at work, down to half. Below it who is at work stays: to be driven out and
 * to come back costs more than the write units of a larger head. */
export const residentProducersBusyMax = 32;
/** From so many on newcomers wait, as for a full tail: rolls are far behind. 4 KB of head. */
export const residentProducersFull = 64;
/** Producers that one eviction moves out: each is three names to remove and one to compare, of the
 * 4 KB of an expression. */
export const evictionsMax = 32;
/** Updates of one eviction: each but the last was refused by somebody who went on. */
export const evictionTriesMax = 4;
/** Evictions of one roll, while the head is crowded. */
export const evictionRoundsMax = 4;
/** Producers whose stamps one update carries: each is a clause and three assignments of the 4 KB
 * and the 300 operators of an expression. */
export const stampsPerUpdateMax = 32;
/** Bytes of one DynamoDB write unit. */
export const writeUnitBytes = kibibyte;

// ---- Requests.

/** A produce request's body. Lambda takes 6 MB of base64: 4.5 MB of bytes. */
export const produceBodyBytesMax = 4 * mebibyte;
/** Bodies that carry no records. */
export const controlBodyBytesMax = 256 * kibibyte;
/** Levels of JSON in a body: V8's parser is recursive in what follows it, not in itself. */
export const jsonDepthMax = 64;
/** Records of one produce request. */
export const recordsPerRequestMax = 50_000;
/** Headers of one record. */
export const headersPerRecordMax = 1_000;
/** Records of one v3 stream: each is answered by a receipt of up to 500 bytes, and all of them must
 * fit Lambda's 6 MB. */
export const v3RecordsMax = 10_000;
/** Entries of one v3 records:batch request: as Confluent's proxy allows. */
export const v3BatchEntriesMax = 10;
/** Kafka's default of max.message.bytes: 1 MiB and a batch's overhead. */
export const messageBytesDefault = mebibyte + 12;
/** The most a topic may set: a record must fit a request. */
export const messageBytesMax = produceBodyBytesMax;
/** What a compressed batch that is sent may become: a bomb is refused, not unpacked. */
export const decompressedBytesMax = 32 * mebibyte;
/** What one that is stored may: a rewrite leaves a record that is so large, and so alone, what it
 * was, but its time and its offset may take seven bytes and five, and took one each. */
export const storedRecordsBytesMax = decompressedBytesMax + (7 - 1) + (5 - 1);
/** Below this a batch is not compressed: zstd costs 30 µs and saves some hundred bytes of
 * storage. */
export const compressBytesMin = 4 * kibibyte;

// ---- Producers.

/** Sequences of a producer go from 0 to this, and then from 0 again, as Kafka's do. */
export const sequenceMax = 2 ** 31 - 1;
/** Kafka's epochs are of 16 bits. */
export const producerEpochMax = 2 ** 15 - 1;
/** What a producer was is forgotten so long after it left the head. A repeat that comes later is
 * new. Kafka's transactional.id.expiration.ms. */
export const producerExpiryMillis = 7 * 24 * 60 * 60 * 1000;
/** An Idempotency-Key that is older is not acted on again: what it stands for may be forgotten
 * before the request is done. */
export const keyLifeMillis = producerExpiryMillis / 2;
/** How long a batch waits for the one before it, which may be on its way. */
export const sequenceWaitMillisMax = 1_000;
/** Of a name that producers take one after the other, and of an Idempotency-Key, in characters. */
export const producerNameLengthMax = 249;
export const idempotencyKeyLengthMax = 255;

// ---- Topics.

/** Kafka's own. */
export const topicNameLengthMax = 249;
export const partitionsDefault = 1;
/** Creation and deletion touch every head within one request. */
export const partitionsPerTopicMax = 1_000;
/** Heads made or deleted at once by one request. */
export const headWritesInFlightMax = 32;
/** A topic that is not live so long after its making began has no maker any more. */
export const topicMakingMillisMax = 30_000;

// ---- Groups.

/** Of groups and consumer instances, in characters: as for topics. */
export const groupNameLengthMax = 249;
export const instanceNameLengthMax = 249;
/** How long a member that asks for nothing keeps its partitions. HTTP clients have no thread that
 * says "I am here" while they work, so this is Kafka's max.poll.interval.ms, and the idle timeout
 * of the reference proxy's instances. */
export const sessionMillisDefault = 300_000;
/** A poll or two of a busy client. */
export const sessionMillisMin = 1_000;
/** Kafka's group.max.session.timeout.ms. */
export const sessionMillisMax = 1_800_000;
/** Of a poll that names no timeout: the reference proxy's consumer.request.timeout.ms. */
export const pollWaitMillisDefault = 1_000;
/** Instances of a group: each is 22 bytes of an item that every poll writes, a kilobyte of it a
 * write unit, and a partition key takes a thousand of those a second. */
export const instancesPerGroupMax = 500;
/** Partitions, and topics, that a group's members share: its only member holds all of them, in one
 * item. */
export const partitionsPerGroupMax = 5_000;
export const topicsPerGroupMax = 400;
/** Topics that one instance names, in the same item. */
export const topicsPerSubscriptionMax = 200;
/** Of a partition that an instance holds, packed: group/holdings.ts. */
export const holdingBytes = 4 + 5 * 8;
/** Of a topic's name and id before those. */
export const heldTopicBytesMax = 1 + topicNameLengthMax + 16 + 2;
/** Sessions that one change of a group ends: each is a write of its transaction. */
export const expiriesPerChangeMax = 90;
/** What a group's members know of their topics is asked again after this: new partitions, new
 * topics that a pattern matches. Kafka's clients take five minutes. */
export const topicsCheckMillis = 30_000;
/** Leases that one transaction takes or gives up, beside the group's own item. */
export const leasesPerTransaction = 90;
/** Leases read or committed at once by one request: a member may have thousands. */
export const leasesInFlightMax = 32;
/** How often a poll that waits asks whether its group has changed, where other processes may change
 * it. */
export const groupLookMillis = 2_000;
/** Partitions whose records one poll reads at once: each has a part of its bytes, and a GET. */
export const polledPartitionsMax = 16;
/** How often one request begins again since another of the same instance, or a change of the group,
 * came between. */
export const conflictTriesMax = 20;
/** Offsets of a group that nobody has been in for so long are forgotten. Kafka's
 * offsets.retention.minutes. */
export const offsetsRetentionMillis = 7 * 24 * 60 * 60 * 1000;
/** What a deleted group leaves, so that its generations are not used again, is kept so long. */
export const groupGraveMillis = 30 * 24 * 60 * 60 * 1000;
/** Of the metadata of a commit, in characters. Kafka's offset.metadata.max.bytes. */
export const commitMetadataLengthMax = 4_096;
/** Offsets that one commit names: of all that a group shares, twice. */
export const offsetsPerCommitMax = 10_000;
/** Of a topic pattern, in characters: it is in its instance's item. */
export const topicPatternLengthMax = 1_000;
/** Steps of the program that a topic pattern becomes: each may be taken at each character of each
 * topic's name. A thousand characters can say 200,000 of them, which take a second a name. */
export const topicPatternStepsMax = 2_000;

// ---- Fetch.

/** What a record's place, timestamp and names take of a JSON reply, a long topic's name included:
 * counted against the bytes asked for, or many small records would make a reply of many times
 * that. */
export const recordReplyBytes = 128;
export const fetchBytesDefault = mebibyte;
/** With base64 in JSON this stays within Lambda's 6 MB reply. A first batch above it is still
 * sent. */
export const fetchBytesMax = 3 * mebibyte;
/** What a reply may be as Lambda sends it: 6 MB, and room for its headers. */
export const replyBytesMax = 5_900_000;
/** A poll's longest wait: API Gateway gives up at 30 s. */
export const fetchWaitMillisMax = 20_000;
/** Ranges read at once by one fetch. */
export const fetchReadsInFlightMax = 16;
/** Refs one fetch looks at: its work is bounded however small its batches are. */
export const fetchRefsMax = 1_024;
/** Index reads that one fetch makes again before it answers "try again". */
export const fetchRereadsMax = 3;
/** Between looks at a head that other processes append to. */
export const headPollMillis = 250;

// ---- Commit.

/** How long a request waits for others while a commit is under way. Alone it never waits. */
export const lingerMillis = 5;
/** A segment is cut at this size: one PUT, one upload's memory. */
export const segmentBytesMax = 8 * mebibyte;
/** Commits under way at once in a process: the next ones gather. */
export const commitsInFlightMax = 4;
/** Bytes of requests a process holds that are not committed; above it: THROTTLED. */
export const appendQueueBytesMax = 64 * mebibyte;
/** A request's whole time when the caller sets none: below API Gateway's 30 s. */
export const requestMillisMax = 25_000;
/** Tries of one store operation; the pauses between them are four seconds at most. */
export const triesMax = 10;
/** First and longest pause between two tries of a store operation. */
export const retryPauseMillisMin = 10;
export const retryPauseMillisMax = 1_000;

// ---- Stores.

/** One page of a query that reads all of a range: a megabyte of items of a kilobyte. */
export const itemsPerQuery = 1_000;
/** One TransactWriteItems. */
export const transactItemsMax = 100;
/** DynamoDB's bound on one item. */
export const itemBytesMax = 400 * kibibyte;
/** DynamoDB's bound on one expression, its aliases as they stand. */
export const expressionBytesMax = 4 * kibibyte;
/** Elements one action takes from a list: each is a path, "#0[99],", in its expression. */
export const removeFirstMax = 100;
/** One DeleteObjects. */
export const objectsDeleteMax = 1_000;
/** A call to a store is ended after this, and its outcome is unknown. */
export const tableCallMillisMax = 3_000;
export const objectCallMillisMax = 10_000;
export const connectMillisMax = 1_000;

// ---- Caches of one process, in bytes or entries.

export const rangeCacheBytesMax = 64 * mebibyte;
export const chunkCacheEntriesMax = 10_000;
/** How long a process reads by chunks that it has: compaction keeps tombstones as much longer. */
export const chunkCacheMillis = 10 * 60 * 1000;
export const headCacheEntriesMax = 10_000;
export const topicCacheEntriesMax = 10_000;
export const groupCacheEntriesMax = 1_000;
/** How old a topic's settings may be in a process that has them. */
export const topicCacheMillis = 10_000;

assert(refBytes === 1 + 16 + 4 + 4 + 4 + 6, 'refBytes is the sum of its fields');
assert(tailRefsMax % refsPerChunk === 0, 'a full tail is whole chunks');
assert(produceBodyBytesMax < segmentBytesMax, 'one request fits one segment');
assert(messageBytesDefault <= messageBytesMax, 'the default is allowed');
assert(segmentBytesMax + produceBodyBytesMax < 2 ** 31, 'positions fit a ref');
assert(fetchBytesDefault <= fetchBytesMax, 'the default is allowed');
assert(
  requestMillisMax < topicMakingMillisMax,
  'who makes a topic gives up before others clear it',
);
assert(
  requestMillisMax < producerExpiryMillis - keyLifeMillis,
  'no request outlives what makes its repeats safe',
);
assert(sessionMillisDefault <= sessionMillisMax, 'the default is allowed');
assert(leasesPerTransaction < transactItemsMax, 'with the group');
assert(expiriesPerChangeMax + 4 <= transactItemsMax, 'with the group, its target and who asks');
assert(
  memberBytesMax() <= itemBytesMax,
  'an instance that holds all of a large group fits its item',
);
assert(targetBytesMax() <= itemBytesMax, 'a target of many members fits its item');
assert(sessionMillisMin <= sessionMillisDefault, 'the default is allowed');
assert(pollWaitMillisDefault <= fetchWaitMillisMax, 'the default is allowed');
assert(instancesPerGroupMax <= 2 ** 16, 'a target names its members by 16 bits');
assert(partitionsPerTopicMax < 2 ** 16, 'and counts partitions by 16');
assert(residentProducersMax <= residentProducersBusyMax / 2, 'those who stay are fewer');
assert(residentProducersBusyMax < residentProducersFull, 'a head is rolled before it is full');
assert(fetchWaitMillisMax < requestMillisMax, 'a poll ends within its request');
assert(headBytesAtRoll() <= writeUnitBytes, 'a head at its roll is one write unit');

function memberBytesMax(): number {
  const rest = 8 * kibibyte;
  const names = topicsPerSubscriptionMax * (topicNameLengthMax + 1);
  const topics = topicsPerGroupMax * heldTopicBytesMax;
  return rest + names + topics + partitionsPerGroupMax * holdingBytes;
}

function targetBytesMax(): number {
  const incarnation = 12 + 1;
  const topics = topicsPerGroupMax * heldTopicBytesMax + 2 * partitionsPerGroupMax;
  return kibibyte + instancesPerGroupMax * incarnation + topics;
}

/** DynamoDB's size of a head with refsPerChunk refs and residentProducersMax residents, its numbers
 * at their longest for a billion records a day over a century. Source: "DynamoDB item sizes and
 * formats". */
function headBytesAtRoll(): number {
  const number = 8;
  const key = 2 + 'part#'.length + 22 + 1 + 4 + 2 + 'head'.length;
  const counters = 6 * (1 + number);
  const tail = 1 + 3 + refsPerChunk * (refBytes + 1);
  const producerName = 'k:'.length + 9;
  const producer = 3 * (producerName + number);
  const followed = 1 + 1;
  return key + counters + tail + followed + residentProducersMax * producer;
}
