// What somebody does here to the engine: how it ended is shown where it was done, and said aloud.

import { useState } from 'preact/hooks';
import { Refusal } from '../engine/api.ts';
import { useSession } from '../session.ts';

export type Ended = { readonly text: string; readonly isFault: boolean };

/** @returns what does it, and how the last time ended.
 *  The work says what it has done, in a sentence. */
export function useAct(): readonly [(work: () => Promise<string>) => Promise<void>, Ended?] {
  const session = useSession();
  const [ended, setEnded] = useState<Ended>();
  const act = async (work: () => Promise<string>) => {
    setEnded(undefined);
    try {
      const text = await work();
      setEnded({ text, isFault: false });
      session.announce(text);
    } catch (error) {
      setEnded({ text: Refusal.of(error).message, isFault: true });
    }
  };
  return ended === undefined ? [act] : [act, ended];
}

export function How({ ended }: { readonly ended: Ended | undefined }) {
  if (ended === undefined) return null;
  const { text, isFault } = ended;
  return (
    <p class={isFault ? 'fault' : 'good'} role={isFault ? 'alert' : undefined}>
      {text}
    </p>
  );
}
