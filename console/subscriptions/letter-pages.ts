// Pages of dead letters, of an engine that tells the first ones alone: for a page all before it are
// asked for, too, and beyond what a request may ask for there is no page.

export const pageLetters = 25;
/** As many as a request may ask for. */
export const lettersMax = 100;

/** @returns how many to ask for: one more says that there is another page. */
export function limitOf(page: number): number {
  return Math.min((page + 1) * pageLetters + 1, lettersMax);
}

export type LetterPage<Letter> = {
  readonly rows: readonly Letter[];
  /** The last there is, where one beyond it was asked for. */
  readonly page: number;
  readonly hasNext: boolean;
  /** There may be letters that are on no page. */
  readonly isCut: boolean;
};

/** @param letters as many as there are of those that were asked for. */
export function letterPage<Letter>(letters: readonly Letter[], asked: number): LetterPage<Letter> {
  const last = Math.max(Math.ceil(letters.length / pageLetters) - 1, 0);
  const page = Math.min(asked, last);
  const end = (page + 1) * pageLetters;
  const hasNext = letters.length > end;
  const isCut = !hasNext && letters.length >= lettersMax;
  return { rows: letters.slice(page * pageLetters, end), page, hasNext, isCut };
}
