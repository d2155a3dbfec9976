// What looks have seen of something: the last one, the one before it, and whether it went wrong.

import type { Refusal } from '../engine/api.ts';

/** A look, and when it was. */
export type Sighting<Of> = { readonly data: Of; readonly at: number };

export type Seen<Reply> = {
  /** undefined: nothing was seen yet. */
  readonly now?: Sighting<Reply>;
  /** The look before that one. */
  readonly before?: Sighting<Reply>;
  /** Of the last look, if it went wrong: `now` is from before. */
  readonly refusal?: Refusal;
};
