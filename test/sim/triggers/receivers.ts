// The receivers of the simulation, as each process reaches them: a call takes its time there and
// back, may never arrive, and may be given up while its receiver works on, so that it is done late.
// Receivers are known by name, one for each subscription that was ever asked for; what each was
// given, did and said is written down.

import type { Targets } from '../../../shared/ports/targets.ts';
import { originalOf } from '../clients/records.ts';
import type { ReadRecord, TargetCall, Told } from '../history.ts';
import type { SimulatedProcess } from '../process.ts';
import type { SimulatedWorld } from '../world.ts';
import { type Mood, type Reaction, reactionTo } from './moods.ts';
import { invokedOf, postedOf, sentOf } from './replies.ts';
import { type GivenText, recordsInEvent, recordsInMessages } from './target-events.ts';

/** So many of its calls a mood lasts. */
const moodCallsMax = 3;
const workMillisMax = 400;
/** By the promise of the port: no call outlives its time by more. */
const overtimeMillisMax = 900;

type Standing = { mood: Mood | undefined; callsLeft: number };

type Call<Answer> = {
  readonly receiver: string;
  readonly given: GivenText;
  readonly timeoutMillis: number;
  readonly answer: (reaction: Reaction) => { readonly answer: Answer; readonly told: Told };
  /** As the adapter says that nothing was heard. */
  readonly unheard: (reason: string) => Answer;
};

export class Receivers {
  readonly #world: SimulatedWorld;
  readonly #standings = new Map<string, Standing>();
  /** Whether what fails always fails yet: there is a place for it. */
  readonly #hasDeadLetters: (receiver: string) => boolean;

  constructor(world: SimulatedWorld, hasDeadLetters: (receiver: string) => boolean) {
    this.#world = world;
    this.#hasDeadLetters = hasDeadLetters;
  }

  of(process: SimulatedProcess): Targets {
    const failed = (reason: string) => ({ kind: 'failed', reason }) as const;
    return {
      invoke: ({ functionName, payload, timeoutMillis }) => {
        const given = recordsInEvent(payload);
        const answer = (reaction: Reaction) => invokedOf(reaction, given);
        const call = { receiver: functionName, given, timeoutMillis, answer, unheard: failed };
        return this.#give(process, call);
      },
      post: ({ url, body, timeoutMillis }) => {
        const given = recordsInEvent(body);
        const answer = (reaction: Reaction) => postedOf(reaction, given);
        const receiver = url.replace('https://', '');
        return this.#give(process, { receiver, given, timeoutMillis, answer, unheard: failed });
      },
      send: ({ queueUrl, messages, timeoutMillis }) => {
        const given = recordsInMessages(messages);
        const answer = (reaction: Reaction) => sentOf(reaction, given);
        const receiver = queueUrl.replace('.fifo', '');
        return this.#give(process, { receiver, given, timeoutMillis, answer, unheard: failed });
      },
    };
  }

  #give<Answer>(process: SimulatedProcess, asked: Call<Answer>): Promise<Answer> {
    const { promise, resolve } = Promise.withResolvers<Answer>();
    if (!process.isAlive) return promise;
    const { time, chance, history } = this.#world;
    const { receiver, given, timeoutMillis } = asked;
    const { mood, reaction } = this.#reactTo(receiver, given);
    const call: TargetCall = {
      receiver,
      process: process.name,
      topic: given.topic,
      partition: given.partition,
      records: given.records,
      invoked: history.next(),
      answered: Number.POSITIVE_INFINITY,
      taken: new Set(),
      returned: Number.POSITIVE_INFINITY,
      told: undefined,
    };
    history.calls.push(call);
    const { answer, told } = asked.answer(reaction);
    const there = 5 + chance.fraction() * 60;
    const back = 5 + chance.fraction() * 60;
    const work = this.#workMillis(mood, timeoutMillis);
    const arrives = chance.fraction() < 0.5;
    if (mood !== 'unreachable') {
      time.after(there + work, () => {
        if (!process.isAlive && !arrives) return;
        call.answered = history.next();
        call.taken = takenOf(reaction, given.records);
      });
    }
    const isUnheard = mood === 'unreachable' || there + work + back > timeoutMillis;
    const patience = timeoutMillis + chance.fraction() * overtimeMillisMax;
    const reason = mood === 'unreachable' ? 'ECONNREFUSED' : 'timed out';
    time.after(isUnheard ? Math.min(patience, there + work + back) : there + work + back, () =>
      process.deliver(() => {
        call.returned = history.next();
        call.told = isUnheard ? { kind: 'failed', reason } : told;
        resolve(isUnheard ? asked.unheard(reason) : answer);
      }),
    );
    return promise;
  }

  #reactTo(receiver: string, given: GivenText) {
    const world = this.#world;
    const mood = this.#moodOf(receiver);
    const poisonOneOf = world.knobs.triggers?.poisonOneOf ?? 0;
    const fails = !world.isCalm || this.#hasDeadLetters(receiver);
    const isPoison = ({ id }: ReadRecord) => fails && isPoisonous(id, poisonOneOf);
    return { mood, reaction: reactionTo(world, { ...given, isPoison }, mood) };
  }

  #moodOf(receiver: string): Mood | undefined {
    const { isCalm, knobs, chance } = this.#world;
    if (isCalm) return undefined;
    const standing = this.#standings.get(receiver) ?? { mood: undefined, callsLeft: 0 };
    this.#standings.set(receiver, standing);
    if (standing.callsLeft-- > 0) return standing.mood;
    standing.callsLeft = this.#world.draw(moodCallsMax - 1);
    standing.mood = undefined;
    let left = chance.fraction();
    for (const [mood, odds] of Object.entries(knobs.triggers?.moodOdds ?? {})) {
      left -= odds;
      if (left < 0) {
        standing.mood = mood as Mood;
        break;
      }
    }
    return standing.mood;
  }

  #workMillis(mood: Mood | undefined, timeoutMillis: number): number {
    const { chance } = this.#world;
    if (mood === 'hangs') return timeoutMillis * (1 + 2 * chance.fraction());
    return chance.fraction() ** 3 * Math.min(workMillisMax, timeoutMillis / 2);
  }
}

/** What a record's id says, so that it fails wherever it is given. */
function isPoisonous(id: string, oneOf: number): boolean {
  if (oneOf === 0) return false;
  const own = originalOf(id);
  return [...own].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % oneOf === 0;
}

function takenOf(reaction: Reaction, records: readonly ReadRecord[]): ReadonlySet<number> {
  const all = records.map(({ offset }) => offset);
  if (reaction.kind === 'takes') return new Set(all);
  if (reaction.kind !== 'names-failures') return new Set();
  return new Set(all.filter((offset) => !reaction.failures.has(offset)));
}
