// Wildcards: a text in which `*` stands for any characters, or none.
//
//   wildcard  = { '*' | '\*' | '\\' | any other character }
//
// Two stars in a row, and a backslash before anything else, are refused, as EventBridge does.
//
// Invariant: to match takes time linear in the text, whatever the wildcard is. The pieces between
// the stars are looked for from left to right, each at its first place: a later place could only
// leave less for the others, so nothing is ever taken back. Each piece is found as Knuth, Morris
// and Pratt do, since a plain search is quadratic in the worst case.

export type Wildcard = {
  readonly kind: 'wildcard';
  /** What is between the stars, so one more than those. */
  readonly pieces: readonly Piece[];
};

type Piece = {
  readonly text: string;
  /** Of each beginning of the text: how long the longest proper part is that it begins and ends
   * with. */
  readonly borders: readonly number[];
};

export function parseWildcard(
  source: string,
): Wildcard | { readonly kind: 'refused'; readonly reason: string } {
  const pieces: Piece[] = [];
  let text = '';
  for (let at = 0; at < source.length; at++) {
    const next = source.charAt(at + 1);
    switch (source[at]) {
      case '*':
        if (next === '*') return { kind: 'refused', reason: 'must not have two stars in a row' };
        pieces.push(pieceOf(text));
        text = '';
        break;
      case '\\':
        if (next !== '*' && next !== '\\') {
          return { kind: 'refused', reason: 'must have * or \\ after a backslash' };
        }
        text += next;
        at++;
        break;
      default:
        text += source.charAt(at);
    }
  }
  pieces.push(pieceOf(text));
  return { kind: 'wildcard', pieces };
}

export function matchesWildcard({ pieces }: Wildcard, text: string): boolean {
  const first = pieces[0]?.text ?? '';
  if (pieces.length === 1) return text === first;
  const last = pieces.at(-1)?.text ?? '';
  const end = text.length - last.length;
  if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  let from = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const after = findPiece(piece, text, from, end);
    if (after === undefined) return false;
    from = after;
  }
  return true;
}

/** @returns where the first occurrence between `from` and `end` ends. */
function findPiece(
  { text: piece, borders }: Piece,
  text: string,
  from: number,
  end: number,
): number | undefined {
  let matched = 0;
  for (let at = from; at < end; at++) {
    const code = text.charCodeAt(at);
    while (matched > 0 && code !== piece.charCodeAt(matched)) matched = borders[matched - 1] ?? 0;
    if (code === piece.charCodeAt(matched)) matched++;
    if (matched === piece.length) return at + 1;
  }
  return undefined;
}

function pieceOf(text: string): Piece {
  const borders: number[] = [0];
  let border = 0;
  for (let at = 1; at < text.length; at++) {
    while (border > 0 && text[at] !== text[border]) border = borders[border - 1] ?? 0;
    if (text[at] === text[border]) border++;
    borders.push(border);
  }
  return { text, borders };
}
