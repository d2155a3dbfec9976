// The pictures of the console that docs/ show: of which view, and in which light. They are what
// `npm run pictures` writes, and there are no others.

export const pictured: readonly string[] = [
  'topic-light',
  'search-light',
  'group-dark',
  'subscription-light',
  'dead-letters-dark',
];

/** As a page shows it well, and a file is small. */
export const pictureSize = { width: 1_280, height: 720 } as const;
