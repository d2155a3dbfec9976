// Commits what is done, one request at a time. A commit may be sent again after any failure: what
// is committed never goes back. What a commit is refused for was lost, and is dropped; what it
// fails for otherwise is tried again when the next is due.
//
// Once the run stops no commit is waited for longer than leaving may take, counted from when it was
// asked for: an engine that does not answer would keep the consumer until all tries are over.

import { refused, SluiceError } from '../errors.ts';
import type { Events } from '../events.ts';
import type { Clock } from '../host.ts';
import type { Logger } from '../logger.ts';
import type { Assignment } from './assignment.ts';
import type { Bell } from './bell.ts';
import type { OffsetToCommit } from './commit-plan.ts';
import type { ConsumerPayloads } from './events.ts';
import type { CommittedOffset, Member } from './member.ts';

export type CommitterParts = {
  readonly assignment: Assignment;
  /** undefined: it joins again. */
  readonly member: () => Member | undefined;
  readonly groupId: string;
  readonly clock: Clock;
  readonly events: Events<ConsumerPayloads>;
  readonly logger: Logger;
  /** Rung when something may be due. */
  readonly bell: Bell;
  /** The fetches are to say that something is given up. */
  readonly onGivenUp: () => void;
  /** The session of the member is over. */
  readonly onGone: (member: Member) => void;
};

/** Before what was due at once, and failed, is tried again. */
const restMillis = 1_000;
/** For which who leaves tries to commit; and as long again, to say that it leaves. */
export const leaveMillis = 10_000;

/** How long a request goes on. */
type Limit = { readonly signal: AbortSignal; readonly deadline?: number | undefined };

export class Committer {
  readonly #parts: CommitterParts;
  /** Of the request that was begun last: the next one waits for it. */
  #last: Promise<unknown> = Promise.resolve();
  #isStopping = false;
  /** Have the time of what is asked for begin. */
  readonly #onStop = new Set<() => void>();

  constructor(parts: CommitterParts) {
    this.#parts = parts;
  }

  /** What is due, as long as there is somebody to do anything.
   * @throws SluiceError of what no other try mends. */
  async run(isOver: () => boolean): Promise<void> {
    const { assignment, bell, clock, onGivenUp } = this.#parts;
    while (!isOver()) {
      const isDone = await this.commitDue();
      if (isOver()) return;
      const now = clock.now();
      if (assignment.giveUp(now).length > 0) onGivenUp();
      const { dueAt, offsets } = assignment.planCommit(now);
      if (offsets.length > 0 && isDone) continue;
      const millis = isDone ? dueAt - now : restMillis;
      if (millis === Number.POSITIVE_INFINITY) await bell.wait();
      else await bell.waitFor(clock, millis);
    }
  }

  /** The run stops, and begins nothing any more. What is in hand may yet be committed. */
  stop(): void {
    this.#isStopping = true;
    for (const begin of this.#onStop) begin();
    this.#onStop.clear();
  }

  /** @returns false: it failed, and is tried again later. */
  commitDue(): Promise<boolean> {
    return this.#inTurn(async (signal) => {
      const { assignment, clock } = this.#parts;
      const { offsets, isAll } = assignment.planCommit(clock.now());
      return this.#commitHeld(offsets, isAll, { signal });
    });
  }

  /** All that is done. Failures are logged: there is no later.
   * @param deadline until then it is tried. */
  async commitAll(deadline: number): Promise<void> {
    const { assignment } = this.#parts;
    const isDone = await this.#inTurn((signal) =>
      this.#commitHeld(assignment.uncommitted(), true, { signal, deadline }),
    );
    if (!isDone) this.#parts.logger.warn('what was done last could not be committed');
  }

  /** What a caller asks for. @throws SluiceError */
  commit(offsets: readonly CommittedOffset[]): Promise<void> {
    return this.#inTurn(async (signal) => {
      const { assignment, clock } = this.#parts;
      const { done, failure } = await this.#send(offsets, { signal });
      const held = done.flatMap(({ offset, ...place }) => {
        const one = assignment.find(place);
        return one === undefined ? [] : [{ held: one, offset }];
      });
      assignment.committed(held, false, clock.now());
      if (failure !== undefined) throw failure;
    });
  }

  /** @throws SluiceError of what no other try mends. */
  async #commitHeld(
    offsets: readonly OffsetToCommit[],
    isAll: boolean,
    limit: Limit,
  ): Promise<boolean> {
    const { assignment, clock, logger } = this.#parts;
    const byPlace = offsets.filter(({ held }) => !held.isLost);
    const { done, failure } = await this.#send(
      byPlace.map(({ held: { topic, partition }, offset }) => ({ topic, partition, offset })),
      limit,
    );
    const committed = byPlace.filter(({ held: { topic, partition } }) => {
      return done.some((one) => one.topic === topic && one.partition === partition);
    });
    assignment.committed(committed, isAll, clock.now());
    if (failure === undefined || isGone(failure) || isLost(failure)) return true;
    if (!(failure instanceof SluiceError) || !failure.retriable) throw failure;
    logger.warn('a commit failed, and is tried again', { error: failure.message });
    return false;
  }

  /** @returns those that are committed, and what any other was refused for, or failed for. */
  async #send(
    offsets: readonly CommittedOffset[],
    limit: Limit,
  ): Promise<{
    readonly done: readonly CommittedOffset[];
    readonly failure?: unknown;
  }> {
    if (offsets.length === 0) return { done: [] };
    const { assignment, member: memberNow, onGone, onGivenUp } = this.#parts;
    const member = memberNow();
    if (member === undefined) {
      return { done: [], failure: refused(40403, 'the consumer is joining its group again') };
    }
    try {
      await member.commit(offsets, limit);
      this.#tell(member, offsets);
      return { done: offsets };
    } catch (failure) {
      if (isGone(failure)) onGone(member);
      if (!isLost(failure)) return { done: [], failure };
      const [only, ...others] = offsets;
      if (only !== undefined && others.length === 0) {
        const held = assignment.find(only);
        if (held !== undefined) assignment.lose(held);
        onGivenUp();
        return { done: [], failure };
      }
    }
    // One of them was lost, and it is not said which.
    const done: CommittedOffset[] = [];
    let failure: unknown;
    for (const offset of offsets) {
      const sent = await this.#send([offset], limit);
      done.push(...sent.done);
      failure ??= sent.failure;
    }
    return { done, failure };
  }

  #inTurn<Answer>(work: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
    const { signal, close } = this.#limit();
    const turn = () => work(signal);
    const done = this.#last.then(turn, turn).finally(close);
    this.#last = done.catch(() => undefined);
    return done;
  }

  /** Of what is asked for now. @returns what ends it, and what is called when it has ended. */
  #limit(): { readonly signal: AbortSignal; readonly close: () => void } {
    const { clock } = this.#parts;
    const over = new AbortController();
    const ended = Promise.withResolvers<void>();
    const begin = async () => {
      await clock.sleep(leaveMillis, ended.promise);
      over.abort(notInTime());
    };
    if (this.#isStopping) void begin();
    else this.#onStop.add(begin);
    const close = () => {
      this.#onStop.delete(begin);
      ended.resolve();
    };
    return { signal: over.signal, close };
  }

  #tell({ id }: Member, offsets: readonly CommittedOffset[]): void {
    const { events, groupId, assignment } = this.#parts;
    events.tell('consumer.commit_offsets', () => ({
      groupId,
      memberId: id,
      groupGenerationId: assignment.generation,
      topics: byTopic(offsets),
    }));
  }
}

export function byTopic(offsets: readonly CommittedOffset[]) {
  const topics = new Map<string, { partition: number; offset: string }[]>();
  for (const { topic, partition, offset } of offsets) {
    const partitions = topics.get(topic) ?? [];
    topics.set(topic, partitions);
    partitions.push({ partition, offset: `${offset}` });
  }
  return [...topics].map(([topic, partitions]) => ({ topic, partitions }));
}

function notInTime(): SluiceError {
  const detail = { code: 0, outcome: 'unknown', retriable: true } as const;
  return new SluiceError(`no answer within ${leaveMillis} ms of leaving`, detail);
}

/** The session is over. */
export function isGone(error: unknown): boolean {
  return error instanceof SluiceError && error.code === 40403;
}

/** The partition is another's. */
function isLost(error: unknown): boolean {
  return error instanceof SluiceError && error.code === 40903;
}
