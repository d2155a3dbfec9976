// Every checker there is, and which invariant is held where.
//
// | invariant                               | held by                                             |
// |-----------------------------------------|-----------------------------------------------------|
// | I1 acknowledged is readable             | lost-write, unseen, log-watch (refs that leave),    |
// |                                         | chunk-watch (records that leave)                    |
// | I2 a batch is in one piece              | lost-write                                          |
// | I3 one value an offset, for ever        | inconsistent-offsets, stored-state, log-watch;      |
// |                                         | of a key: tombstones, chunk-watch                   |
// | I4 offsets dense, the end only rises    | log-watch (every write), stored-state, poll-skip    |
// | I5 same stamp, same place, once         | duplicate, lost-write, producer-order               |
// | I6 a producer's order                   | non-monotonic-send, producer-order                  |
// | I7 a failure is never seen              | aborted-read                                        |
// | I8 unknown: once or never               | duplicate                                           |
// | I9 a fetch sees what was acknowledged   | linearizable, non-monotonic-poll                    |
// | I10 a fetch skips nothing               | poll-skip                                           |
// | I11 a ref implies its bytes             | log-watch and chunk-watch (whenever it is written), |
// |                                         | logs (all that ever were)                           |
// | I12 an object key is written once       | log-watch                                           |
// | I13 only what nothing names is deleted  | log-watch (when it is), left-over (that it is)      |
// | I14 log start, and typed bounds         | log-start, log-bounds, non-monotonic-poll, log-watch|
// | I15 a rewrite keeps what it may not drop| chunk-watch (every swap), poll-skip, unseen         |
// | I16 a topic made again is another       | crossing-topics, log-watch                          |
// | I17 any bytes                           | lost-write, inconsistent-offsets                    |
// | I18 a stale epoch is refused            | producer-order                                      |
// | I21 one owner of a partition            | group-watch, delivery-watch, kept-while-named       |
// | I23 delivered in order, then committed  | delivered-in-order, committed-after-success         |
// | I23 poison is given up, and nothing else| dead-letters, redriven-once                         |
// | I24 filters drop what does not match    | filtered, committed-after-success                   |
// | I26 progress once faults stop           | progress, unseen, delivered-all, left-over          |
// | I27 throttling has no effect, is held   | aborted-read, rate, at-once                         |
// | I31 unknown only when nobody knows      | needless-unknown                                    |
// | I34 nothing vanishes on its way         | delivered-all, committed-after-success, ingested-   |
// |                                         | once                                                |
// | Transactions: all or none, at once      | torn-transaction                                    |
//
// Jepsen's names: lost write, aborted read, duplicate, inconsistent offsets, poll skip,
// non-monotonic poll, non-monotonic send and unseen are files here; precommitted read is
// torn-transaction.

import { abortedRead } from './aborted-read.ts';
import { atOnce } from './at-once.ts';
import { type Checker, type FinishedRun, indexOf } from './check.ts';
import { committedAfterSuccess } from './committed-after-success.ts';
import { crossingTopics } from './crossing-topics.ts';
import { damage } from './damage.ts';
import { deadLetters } from './dead-letters.ts';
import { deliveredAll } from './delivered-all.ts';
import { deliveredInOrder } from './delivered-in-order.ts';
import { duplicate } from './duplicate.ts';
import { exactlyOnce } from './exactly-once.ts';
import { fencedCommits } from './fenced-commits.ts';
import { filtered } from './filtered.ts';
import { givenAgain } from './given-again.ts';
import { inconsistentOffsets } from './inconsistent-offsets.ts';
import { ingestedOnce } from './ingested-once.ts';
import { keptWhileNamed } from './kept-while-named.ts';
import { linearizable } from './linearizable.ts';
import { logBounds } from './log-bounds.ts';
import { logStart } from './log-start.ts';
import { lostWrite } from './lost-write.ts';
import { needlessUnknown } from './needless-unknown.ts';
import { nonMonotonicPoll } from './non-monotonic-poll.ts';
import { nonMonotonicSend } from './non-monotonic-send.ts';
import { pollSkip } from './poll-skip.ts';
import { producerOrder } from './producer-order.ts';
import { progress } from './progress.ts';
import { rate } from './rate.ts';
import { redrivenOnce } from './redriven-once.ts';
import { sessions } from './sessions.ts';
import { takenPositions } from './taken-positions.ts';
import { timeLookUp } from './time-look-up.ts';
import { tombstones } from './tombstones.ts';
import { tornTransaction } from './torn-transaction.ts';
import { unseen } from './unseen.ts';
import { vanished } from './vanished.ts';

const checkers: readonly Checker[] = [
  lostWrite,
  abortedRead,
  duplicate,
  inconsistentOffsets,
  pollSkip,
  nonMonotonicPoll,
  nonMonotonicSend,
  unseen,
  keptWhileNamed,
  linearizable,
  logStart,
  logBounds,
  producerOrder,
  tornTransaction,
  crossingTopics,
  needlessUnknown,
  timeLookUp,
  tombstones,
  damage,
  progress,
  vanished,
  givenAgain,
  fencedCommits,
  sessions,
  takenPositions,
  exactlyOnce,
  deliveredInOrder,
  committedAfterSuccess,
  deadLetters,
  filtered,
  deliveredAll,
  atOnce,
  rate,
  redrivenOnce,
  ingestedOnce,
];

export function checkAll(run: FinishedRun): readonly string[] {
  const index = indexOf(run);
  return checkers.flatMap((check) => check(run, index));
}
