// What a service does with the orders that it is given: it writes down when it got which, before it
// says that it has done them. The ledger is what the sale is counted by at its end, so it outlives
// an engine that is killed.

import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SelfManagedKafkaEvent } from 'aws-lambda';

/** One call of a service. */
export type Entry = {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly orders: readonly number[];
};

export const serviceNames = ['payment', 'stock', 'notification'] as const;
export type ServiceName = (typeof serviceNames)[number];

/** Whoever starts the engine says where. */
export const folderVariable = 'FLASH_SALE_FOLDER';

/** A function as for Lambda's Kafka event source. */
export function service(name: ServiceName): (event: SelfManagedKafkaEvent) => void {
  const file = ledgerFile(process.env[folderVariable] ?? '.', name);
  return (event) => {
    const orders = Object.values(event.records)
      .flat()
      .map(({ value }) => JSON.parse(Buffer.from(value, 'base64').toString()).order as number);
    const entry: Entry = { at: Date.now(), orders };
    appendFileSync(file, `${JSON.stringify(entry)}\n`);
  };
}

export function readLedger(folder: string, name: ServiceName): readonly Entry[] {
  const lines = linesOf(ledgerFile(folder, name));
  return lines.map((line) => JSON.parse(line) as Entry);
}

function ledgerFile(folder: string, name: ServiceName): string {
  return join(folder, `${name}.ledger`);
}

/** Whole ones: the engine may have been killed within the last. */
function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').slice(0, -1).filter(isWhole);
  } catch {
    return [];
  }
}

function isWhole(line: string): boolean {
  return line.startsWith('{') && line.endsWith('}');
}
