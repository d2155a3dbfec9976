// What every view has of: the way to it, what it waits for, what went wrong, and pages of a list.

import type { ComponentChildren } from 'preact';
import type { Seen } from '../polling/seen.ts';
import { hashOf, type Place } from '../router.ts';
import { useSession } from '../session.ts';
import { Field } from './field.tsx';

type Step = { readonly name: string; readonly place: Place };

export const allTopics: Step = {
  name: 'Topics',
  place: { kind: 'topics', find: '', page: 0 },
};
export const allGroups: Step = { name: 'Groups', place: { kind: 'groups', find: '', page: 0 } };
export const allSubscriptions: Step = {
  name: 'Subscriptions',
  place: { kind: 'subscriptions', find: '', page: 0 },
};

/** The places above this one. */
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

/** A link that does not look like one among others. */
export function Action({ place, children }: { place: Place; children: ComponentChildren }) {
  return (
    <a class="action" href={hashOf(place)}>
      {children}
    </a>
  );
}

type LookingProps<Reply> = {
  readonly seen: Seen<Reply>;
  readonly children: (data: Reply) => ComponentChildren;
};

/** What was seen, as soon as something was; and what is wrong with the last look. */
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

/** Rows of a page of a list: what is on the screen is asked for again and again. */
const pageRows = 25;

type ListPlace = Extract<Place, { find: string }>;

/** Those whose name holds what is looked for, as many as a page shows. */
export function pageOf<Of>(all: readonly Of[], place: ListPlace, nameOf: (one: Of) => string) {
  const find = place.find.toLowerCase();
  const found = all.filter((one) => nameOf(one).toLowerCase().includes(find));
  const pages = Math.max(Math.ceil(found.length / pageRows), 1);
  const page = Math.min(place.page, pages - 1);
  return { rows: found.slice(page * pageRows, (page + 1) * pageRows), page, pages, found };
}

type ListControlsProps = {
  readonly place: ListPlace;
  readonly what: string;
  readonly page: number;
  readonly pages: number;
};

export function ListControls({ place, what, page, pages }: ListControlsProps) {
  const session = useSession();
  return (
    <div class="controls">
      <search>
        <Field
          label={`Find ${what}`}
          type="search"
          value={place.find}
          onValue={(find) => session.go({ ...place, find, page: 0 }, true)}
        />
      </search>
      {pages > 1 && (
        <nav aria-label="Pages" class="pages">
          {page > 0 && <a href={hashOf({ ...place, page: page - 1 })}>Previous</a>}
          <span>
            Page {page + 1} of {pages}
          </span>
          {page < pages - 1 && <a href={hashOf({ ...place, page: page + 1 })}>Next</a>}
        </nav>
      )}
    </div>
  );
}
