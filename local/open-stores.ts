// The two stores of the embedded engine: on disk, in memory, or in an account or its emulators.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stores } from '../shared/store/counted.ts';
import { openFileObjects } from './file-objects.ts';
import { memoryObjects } from './memory-objects.ts';
import type { StoreOptions } from './options.ts';
import { openSqliteTable } from './sqlite-table.ts';

/** In a data directory: who has it open has all of it. */
export const tableFile = 'table.sqlite';

export type OpenStores = Stores & {
  /** Where the data is, for people. */
  readonly place: string;
  /** For what is this engine's own, beside what its stores keep; undefined: there is none. */
  readonly directory?: string;
  /** Whether this process alone writes to the table. */
  readonly alone: boolean;
  readonly close: () => Promise<void>;
};

/** @throws Error when the place cannot be used: another process has it, or it is not writable. */
export async function openStores(options: StoreOptions): Promise<OpenStores> {
  switch (options.kind) {
    case 'memory': {
      const { table, close } = openSqliteTable({ path: ':memory:' });
      return { table, objects: memoryObjects(), place: 'memory', alone: true, close };
    }
    case 'directory': {
      const { directory } = options;
      await mkdir(directory, { recursive: true });
      // The table first: it is what keeps a second process out.
      const { table, close } = openSqliteTable({ path: join(directory, tableFile) });
      const objects = openFileObjects({ directory });
      return { table, objects, place: directory, directory, alone: true, close };
    }
    case 'aws': {
      // Only who asks for them pays for the SDK, most of the memory that an engine starts with.
      const { openAwsStores } = await import('./open-aws-stores.ts');
      return openAwsStores(options);
    }
  }
}
