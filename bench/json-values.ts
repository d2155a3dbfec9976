// JSON as applications send it: the same fields in each, and words that come again. It becomes a
// fifth by zstd.

import { randomInt } from 'node:crypto';

/** @param bytes of each, at least 50. */
export function jsonValues(count: number, bytes: number): readonly Buffer[] {
  const words = Array.from({ length: 2_000 }, () => randomInt(2 ** 36).toString(36));
  return Array.from({ length: count }, (_, id) => {
    let text = `{"id":${id}`;
    for (let field = 0; text.length < bytes; field++) {
      text += `,"field${field}":"${words[randomInt(words.length)]}"`;
    }
    return Buffer.from(`${text.slice(0, bytes - 2)}"}`);
  });
}
