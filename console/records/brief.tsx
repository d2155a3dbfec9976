// A key or a value in a row of a table: one line, cut.

import { briefOf, bytesOf } from './bytes.ts';

type BriefProps = {
  readonly base64: string | null;
  /** Said where there is none. */
  readonly none: string;
};

export function Brief({ base64, none }: BriefProps) {
  const bytes = bytesOf(base64);
  if (bytes === null) return <span class="none">{none}</span>;
  return <code class="brief">{briefOf(bytes)}</code>;
}
