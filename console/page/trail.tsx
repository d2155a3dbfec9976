// The way to a view: the places above it.

import { hashOf, type Place } from '../router.ts';

export type Step = { readonly name: string; readonly place: Place };

export const allTopics: Step = { name: 'Topics', place: { kind: 'topics', find: '', page: 0 } };
export const allGroups: Step = { name: 'Groups', place: { kind: 'groups', find: '', page: 0 } };
export const allSubscriptions: Step = {
  name: 'Subscriptions',
  place: { kind: 'subscriptions', find: '', page: 0, after: undefined },
};

export function stepTo(topic: string): Step {
  return { name: topic, place: { kind: 'topic', topic } };
}

export function Trail({ steps }: { readonly steps: readonly Step[] }) {
  return (
    <nav aria-label="Path" class="trail">
      <ol>
        {steps.map(({ name, place }) => (
          <li key={name}>
            <a href={hashOf(place)}>{name}</a>
          </li>
        ))}
      </ol>
    </nav>
  );
}
