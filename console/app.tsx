// The frame of every view: a way past it, where one is, what it costs, and what has changed.

import { useLayoutEffect, useRef } from 'preact/hooks';
import { GroupView } from './groups/group.tsx';
import { GroupsView } from './groups/groups.tsx';
import { Boundary } from './page/boundary.tsx';
import { LiveSwitch } from './page/live.tsx';
import { ThemeSwitch } from './page/theme.tsx';
import { ProduceView } from './records/produce.tsx';
import { RecordsView } from './records/records.tsx';
import type { Place } from './router.ts';
import { type Session, SessionContext, useSession } from './session.ts';
import { SignIn } from './sign-in.tsx';
import { DeadLettersView } from './subscriptions/dead-letters.tsx';
import { SubscriptionView } from './subscriptions/subscription.tsx';
import { SubscriptionsView } from './subscriptions/subscriptions.tsx';
import { SegmentsView } from './topics/segments.tsx';
import { TopicView } from './topics/topic.tsx';
import { TopicsView } from './topics/topics.tsx';

export function App({ session }: { readonly session: Session }) {
  return (
    <SessionContext.Provider value={session}>
      <SkipLink />
      <Header />
      <Main />
      <p class="unseen" role="status">
        {session.announcement}
      </p>
    </SessionContext.Provider>
  );
}

/** It moves the focus and leaves the link behind `#` alone, which says where one is. */
function SkipLink() {
  return (
    // biome-ignore lint/a11y/useValidAnchor: a link is what readers look for here
    <a
      class="skip"
      href="#main"
      onClick={(event) => {
        event.preventDefault();
        document.getElementById('main')?.focus();
      }}
    >
      Skip to content
    </a>
  );
}

const sections = [
  ['#/topics', 'Topics', ['topics', 'topic', 'segments', 'records', 'produce']],
  ['#/groups', 'Groups', ['groups', 'group']],
  ['#/subscriptions', 'Subscriptions', ['subscriptions', 'subscription', 'dead-letters']],
] as const satisfies readonly (readonly [string, string, readonly Place['kind'][]])[];

function Header() {
  const session = useSession();
  const { kind } = session.place.value;
  return (
    <header>
      <strong class="name">Sluice</strong>
      <nav aria-label="Sections">
        {sections.map(([href, name, kinds]) => {
          const isHere = kinds.some((one) => one === kind);
          return (
            <a key={href} href={href} aria-current={isHere ? 'page' : undefined}>
              {name}
            </a>
          );
        })}
      </nav>
      <div class="tools">
        <LiveSwitch />
        <ThemeSwitch />
        {session.isSignedIn.value && (
          <button type="button" onClick={() => session.signOut()}>
            Sign out
          </button>
        )}
      </div>
    </header>
  );
}

function Main() {
  const session = useSession();
  const place = session.place.value;
  const asksWho = session.asksWho.value;
  const main = useRef<HTMLElement>(null);
  const shown = asksWho ? 'sign-in' : subjectOf(place);
  const first = useRef(shown);
  // With the view and not after it: nobody sees the one without the other.
  useLayoutEffect(() => {
    const heading = main.current?.querySelector('h1');
    document.title = `${heading?.textContent ?? 'Console'} · Sluice`;
    // Whoever has come here by a link within the page reads on from its heading.
    if (first.current !== shown) heading?.focus();
    first.current = shown;
  }, [shown]);
  return (
    <main id="main" tabIndex={-1} ref={main}>
      {asksWho ? (
        <SignIn />
      ) : (
        <Boundary key={session.callers.value} place={place}>
          <View key={shown} place={place} />
        </Boundary>
      )}
    </main>
  );
}

/** What a view is of: with another one it begins anew. */
function subjectOf(place: Place): string {
  const { kind } = place;
  const parts = { topic: '', partition: '', group: '', subscription: '', after: '', ...place };
  const { topic, partition, group, subscription, after } = parts;
  return [kind, topic, partition, group, subscription, after].join(' ');
}

function View({ place }: { readonly place: Place }) {
  switch (place.kind) {
    case 'topics':
      return <TopicsView place={place} />;
    case 'topic':
      return <TopicView topic={place.topic} />;
    case 'segments':
      return <SegmentsView place={place} />;
    case 'records':
      return <RecordsView place={place} />;
    case 'produce':
      return <ProduceView place={place} />;
    case 'groups':
      return <GroupsView place={place} />;
    case 'group':
      return <GroupView group={place.group} />;
    case 'subscriptions':
      return <SubscriptionsView place={place} />;
    case 'subscription':
      return <SubscriptionView name={place.subscription} />;
    case 'dead-letters':
      return <DeadLettersView place={place} />;
    case 'nowhere':
      return (
        <>
          <h1 tabIndex={-1}>Nothing is here</h1>
          <p>
            The link leads to no place there is. <a href="#/topics">All topics</a>
          </p>
        </>
      );
  }
}
