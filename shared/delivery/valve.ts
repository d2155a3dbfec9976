// A valve: so many a second, whoever asks, in whatever process. It is one item that says from when
// on the next may go; who goes moves that on by the time that his share takes. So in any stretch of
// time no more goes through than its share of the rate and one more portion (the generic cell rate
// algorithm, with no burst or with one).
//
// Each portion is one update of the item. The write says what the valve was seen to be like, idle
// or busy; refused, the item that comes back says which it is.
//
// Source: ITU-T I.371, the virtual scheduling form.

import type { EpochMillis } from '../ids.ts';
import { type Item, numberIn, type Write } from '../store/algebra.ts';
import { expiresAt } from '../store/items.ts';
import { valveItem, valveKey } from '../store/trigger-items.ts';

export type Portion = {
  /** The valve's name (trigger-items.ts). */
  readonly valve: string;
  /** How long the rate takes for it, a fraction perhaps. */
  readonly millis: number;
  /** It is not taken if its turn comes later than so many milliseconds from now. With 5000 a turn
   * in four seconds is taken, and waited for; one in six is not. */
  readonly waitMillisMax: number;
  /** So much of an idle time counts. With 1000, at ten a second, eleven go at once through a valve
   * that was idle for a minute: those of its last second, and one. */
  readonly burstMillis: number;
  /** Its turn is so many milliseconds from now at the earliest. @default 0 */
  readonly leadMillis?: number;
};

/** How long a valve is kept that nobody uses: one that is gone is as one that is idle. */
const valveKeptMillis = 2 * 24 * 60 * 60 * 1000;

/** As it was read or came back, in microseconds since 1970; undefined: nobody has used it. */
export type ValveState = { readonly openAtMicros: number } | undefined;

export function readValve(item: Item | undefined): ValveState {
  return item && { openAtMicros: numberIn(item, valveItem.openAtMicros) };
}

export type PortionPlan =
  | { readonly kind: 'take'; readonly write: Write }
  /** It may be asked for again then. */
  | { readonly kind: 'closed'; readonly until: EpochMillis };

/** How a portion is taken from a valve that is as it was seen. Done twice, it lets less through
 * than the rate, and never more. */
export function planPortion(state: ValveState, portion: Portion, now: EpochMillis): PortionPlan {
  const { valve, waitMillisMax, burstMillis } = portion;
  const attribute = valveItem.openAtMicros;
  const oldest = microsOf(now - burstMillis);
  const latest = microsOf(now + waitMillisMax);
  const micros = microsOf(portion.millis);
  const expiry = expiresAt(now + valveKeptMillis);
  const kept = Object.entries(expiry).map(([set, value]) => ({ set, to: { value } }));
  if (state === undefined) {
    const put = { ...valveKey(valve), [attribute]: oldest + micros, ...expiry };
    return { kind: 'take', write: { put, if: { item: 'absent' } } };
  }
  if (state.openAtMicros > latest) {
    const until = Math.ceil(state.openAtMicros / 1_000) - waitMillisMax;
    return { kind: 'closed', until: until as EpochMillis };
  }
  const isIdle = state.openAtMicros < oldest;
  const to = isIdle ? { value: oldest + micros } : { attribute, plus: micros };
  const write: Write = {
    update: valveKey(valve),
    actions: [{ set: attribute, to }, ...kept],
    if: isIdle
      ? { attribute, is: '<', to: oldest }
      : {
          all: [
            { attribute, is: '>=', to: oldest },
            { attribute, is: '<=', to: latest },
          ],
        },
  };
  return { kind: 'take', write };
}

/** Of a portion that was taken and is not used. */
export function returnWrite({ valve, millis }: Portion): Write {
  const attribute = valveItem.openAtMicros;
  const to = { attribute, plus: -microsOf(millis) };
  return { update: valveKey(valve), actions: [{ set: attribute, to }] };
}

/** When the turn of a portion is, of a valve as its write left it. */
export function turnOf(left: ValveState, { millis }: Portion, now: EpochMillis): EpochMillis {
  const turn = left === undefined ? 0 : (left.openAtMicros - microsOf(millis)) / 1_000;
  return Math.max(now, Math.ceil(turn)) as EpochMillis;
}

/** Rates of a million a second are told apart. */
function microsOf(millis: number): number {
  return Math.ceil(millis * 1_000);
}
