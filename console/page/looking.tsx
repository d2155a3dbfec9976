// What was seen, as soon as something was; and what is wrong with the last look.

import type { ComponentChildren } from 'preact';
import type { Seen } from '../polling/seen.ts';

type LookingProps<Reply> = {
  readonly seen: Seen<Reply>;
  readonly children: (data: Reply) => ComponentChildren;
};

export function Looking<Reply>({ seen, children }: LookingProps<Reply>) {
  const { now, refusal } = seen;
  const wrong = refusal && <p class="fault">{refusal.message}</p>;
  if (now === undefined) return wrong || <p class="empty">Looking…</p>;
  return (
    <>
      {wrong}
      {children(now.data)}
    </>
  );
}

/** The same where there is room for a word: in a cell of a table. */
export function Glimpse<Reply>({ seen: { now, refusal }, children }: LookingProps<Reply>) {
  if (now !== undefined) return <>{children(now.data)}</>;
  return <>{refusal === undefined ? '…' : 'not known'}</>;
}
