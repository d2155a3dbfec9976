// Chance, as those say it who draw from it.

import { seededChance } from '../world/seeded-chance.ts';

export class Dice {
  readonly fraction: () => number;

  constructor(seed: number) {
    this.fraction = seededChance(seed).fraction;
  }

  /** An integer, from 0 on. */
  upTo(most: number): number {
    return Math.floor(this.fraction() * (most + 1));
  }

  /** The same, small ones far more often than large ones. */
  mostlySmall(most: number): number {
    return Math.floor(this.fraction() ** 2 * (most + 1));
  }

  odds(of: number): boolean {
    return this.fraction() < of;
  }

  pick<Of>(from: readonly Of[]): Of {
    return from[this.upTo(from.length - 1)] as Of;
  }
}
