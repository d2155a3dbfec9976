// What the open page costs, said on the page, and the switch that ends it.

import { useSession } from '../session.ts';

const paceTexts = {
  watched: 'Live',
  idle: 'Live, slower: nobody is at it',
  hidden: 'Live, slower: the page is hidden',
} as const;

export function LiveSwitch() {
  const { polling } = useSession();
  const { isPaused, pace, perMinute, failure } = polling.state.value;
  const state = isPaused ? 'Paused' : (failure ?? paceTexts[pace]);
  return (
    <div class="live">
      <span class={failure === undefined ? 'state' : 'state bad'} data-live>
        {state} · {perMinute} {perMinute === 1 ? 'request' : 'requests'} in the last minute
      </span>
      <button type="button" aria-pressed={isPaused} onClick={() => polling.pause(!isPaused)}>
        Pause
      </button>
      <button type="button" onClick={() => polling.refresh()}>
        Refresh
      </button>
    </div>
  );
}
