// What the bench of deliveries delivers to: it notes how long each record was under way, from
// before it was sent until it was here.

import { appendFileSync } from 'node:fs';
import type { SelfManagedKafkaEvent } from 'aws-lambda';

/** Where, whoever starts the engine says. */
export const delaysVariable = 'BENCH_DELAYS';

const file = process.env[delaysVariable] ?? '';

export function handler(event: SelfManagedKafkaEvent): void {
  const now = Date.now();
  const delays = Object.values(event.records)
    .flat()
    .map(({ value }) => now - Number(Buffer.from(value, 'base64').toString().slice(0, 13)));
  appendFileSync(file, delays.map((delay) => `${delay}\n`).join(''));
}
