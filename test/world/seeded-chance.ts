// Chance from a seed: the same seed draws the same. Source: Bob Jenkins' small fast counting
// generator.

import type { Chance } from '../../shared/engine/environment.ts';

export function seededChance(seed: number): Chance {
  let [a, b, c, counter] = [seed >>> 0, 0x9e3779b9, 0x243f6a88, 1];
  const next = () => {
    const drawn = (a + b + counter) >>> 0;
    counter = (counter + 1) >>> 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) >>> 0;
    c = (((c << 21) | (c >>> 11)) + drawn) >>> 0;
    return drawn;
  };
  for (let warm = 0; warm < 12; warm++) next();
  return {
    fraction: () => next() / 2 ** 32,
    bytes: (length) => Uint8Array.from({ length }, () => next() & 255),
  };
}
