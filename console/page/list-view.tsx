// All that there are of one kind: a table of those whose names hold what is looked for, a page of
// them at a time, since what is on the screen is asked for again and again.

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
  /** Where the list begins. @default here */
  readonly first?: ListPlace | undefined;
  /** Where it goes on, if a reply does not hold all. @default a reply does */
  readonly nextOf?: (reply: Reply) => ListPlace | undefined;
};

export function ListView<Reply, Row>(props: ListViewProps<Reply, Row>) {
  const { place, title, noun, seen, rowsOf, nameOf, columns, first, nextOf } = props;
  return (
    <>
      <h1 tabIndex={-1}>{title}</h1>
      <Looking seen={seen}>
        {(reply) => {
          const all = rowsOf(reply);
          const { rows, ...pages } = pageOf(all, place, nameOf);
          const next = nextOf?.(reply);
          const isPart = first !== undefined || next !== undefined;
          return (
            <>
              <Controls place={place} noun={noun} {...pages} />
              <Table
                caption={title}
                isTitled
                columns={columns}
                rows={rows}
                keyOf={nameOf}
                empty={(all.length === 0 ? noneText : notFoundText)(noun, isPart)}
              />
              {isPart && (
                <nav aria-label={`Parts of all ${noun}s`} class="pages">
                  {first && <a href={hashOf(first)}>First {noun}s</a>}
                  {next && <a href={hashOf(next)}>Next {noun}s</a>}
                </nav>
              )}
            </>
          );
        }}
      </Looking>
    </>
  );
}

function noneText(noun: string, isPart: boolean): string {
  return isPart ? `There are no more ${noun}s.` : `There are no ${noun}s yet.`;
}

function notFoundText(noun: string, isPart: boolean): string {
  return isPart ? `None of these ${noun}s is called so.` : `No ${noun} is called so.`;
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
