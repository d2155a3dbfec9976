// How fast a subscription may go: deliveries at once, and records a second.

import { useState } from 'preact/hooks';
import { subscriptionPath } from '../engine/paths.ts';
import type { SubscriptionReply } from '../engine/replies.ts';
import { How, useAct } from '../page/act.tsx';
import { Field } from '../page/field.tsx';
import { countIn, isMistyped, rateIn } from '../page/typed.ts';
import { useSession } from '../session.ts';

const shown = (value: number | null) => (value === null ? '' : String(value));

export function Valves({ subscription }: { readonly subscription: SubscriptionReply }) {
  const { api, polling } = useSession();
  const [act, ended] = useAct();
  const [concurrency, setConcurrency] = useState(shown(subscription.max_concurrency));
  const [rate, setRate] = useState(shown(subscription.max_records_per_second));
  const atOnce = countIn(concurrency);
  const perSecond = rateIn(rate);
  const faultOf = (text: string, value: number | undefined) =>
    isMistyped(text, value) ? 'A number above 0, or nothing for no bound.' : undefined;
  const faults = [faultOf(concurrency, atOnce), faultOf(rate, perSecond)] as const;
  const submit = (event: Event) => {
    event.preventDefault();
    if (faults.some((one) => one !== undefined)) return;
    const body = { max_concurrency: atOnce ?? null, max_records_per_second: perSecond ?? null };
    const path = subscriptionPath(subscription.name);
    void act(async () => {
      await api.json(path, { method: 'PATCH', body });
      polling.hurry(path);
      return `The valves of ${subscription.name} are set.`;
    });
  };
  return (
    <form class="row" onSubmit={submit} autocomplete="off">
      <Field
        label="Deliveries at once"
        inputMode="numeric"
        value={concurrency}
        onValue={setConcurrency}
        hint="Empty: one for each partition."
        fault={faults[0]}
      />
      <Field
        label="Records a second"
        inputMode="decimal"
        value={rate}
        onValue={setRate}
        hint="Empty: as many as there are."
        fault={faults[1]}
      />
      <button type="submit" class="main">
        Set valves
      </button>
      <How ended={ended} />
    </form>
  );
}
