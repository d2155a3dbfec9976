// All that there are of one kind: a table of those whose names hold what is looked for, a page of
// them at a time, since what is on the screen is asked for again and again.

import type { ComponentChildren } from 'preact';
import type { Seen } from '../polling/seen.ts';
import { hashOf, type PlaceOf } from '../router.ts';
import { useSession } from '../session.ts';
import { Field } from './field.tsx';
import { Looking } from './looking.tsx';
import { type Column, Table } from './table.tsx';

const pageRows = 25;

type ListPlace = PlaceOf<'topics' | 'groups' | 'subscriptions'>;

type ListViewProps<Reply, Row> = {
  readonly place: ListPlace;
  readonly title: string;
  /** What one of them is. */
  readonly noun: string;
  readonly seen: Seen<Reply>;
  readonly rowsOf: (reply: Reply) => readonly Row[];
  readonly nameOf: (row: Row) => string;
  readonly columns: readonly Column<Row>[];
  /** Below the table. */
  readonly foot?: (reply: Reply) => ComponentChildren;
};

export function ListView<Reply, Row>(props: ListViewProps<Reply, Row>) {
  const { place, title, noun, seen, rowsOf, nameOf, columns, foot } = props;
  return (
    <>
      <h1 tabIndex={-1}>{title}</h1>
      <Looking seen={seen}>
        {(reply) => {
          const all = rowsOf(reply);
          const { rows, ...pages } = pageOf(all, place, nameOf);
          return (
            <>
              <Controls place={place} noun={noun} {...pages} />
              <Table
                caption={title}
                isTitled
                columns={columns}
                rows={rows}
                keyOf={nameOf}
                empty={all.length === 0 ? `There are no ${noun}s yet.` : `No ${noun} is called so.`}
              />
              {foot?.(reply)}
            </>
          );
        }}
      </Looking>
    </>
  );
}

/** Those whose name holds what is looked for, as many as a page shows. */
function pageOf<Row>(all: readonly Row[], place: ListPlace, nameOf: (row: Row) => string) {
  const find = place.find.toLowerCase();
  const found = all.filter((row) => nameOf(row).toLowerCase().includes(find));
  const pages = Math.max(Math.ceil(found.length / pageRows), 1);
  const page = Math.min(place.page, pages - 1);
  return { rows: found.slice(page * pageRows, (page + 1) * pageRows), page, pages };
}

type ControlsProps = {
  readonly place: ListPlace;
  readonly noun: string;
  readonly page: number;
  readonly pages: number;
};

function Controls({ place, noun, page, pages }: ControlsProps) {
  const session = useSession();
  return (
    <div class="controls">
      <search>
        <Field
          label={`Find a ${noun}`}
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
