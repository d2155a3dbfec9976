// A watch of a folder for tests, which goes on look by look, and what it saves.

import { basename } from 'node:path';
import { Pauses } from '../../local/pauses.ts';
import { type Told, type ToldFiles, toldNowhere } from '../../local/told-files.ts';
import { watchFolder } from '../../local/watched-folder.ts';
import type { EpochMillis } from '../../shared/ids.ts';
import { recordsInText } from '../ingest/read-records.ts';

export const takesAll = async (_event: unknown): Promise<boolean> => true;

type Watch = {
  readonly folder: string;
  readonly ownData?: string;
  readonly takes?: (event: unknown) => Promise<boolean>;
  readonly toldFiles?: ToldFiles;
};

/** Keys of the records that the events are read as, without the folder's own name. */
type Log = { readonly keys: string[]; readonly events: unknown[] };

/** A watch whose pauses last until the test has looked at what it has done. */
export function startWatch({ folder, ownData, takes = takesAll, toldFiles = toldNowhere }: Watch) {
  const told: Log = { keys: [], events: [] };
  const faults: unknown[] = [];
  let goOn = Promise.withResolvers<void>();
  let paused = Promise.withResolvers<void>();
  const pauses = new Pauses({
    now: () => 0 as EpochMillis,
    turn: async () => undefined,
    sleep: (_millis, woken) => {
      paused.resolve();
      return Promise.race([goOn.promise, woken as Promise<void>]);
    },
  });
  const watching = watchFolder({
    folder,
    ownData,
    pauses,
    toldFiles,
    take: async (event) => {
      told.events.push(event);
      const keys = recordsInText(event).map(({ key }) => key?.replace(`${basename(folder)}/`, ''));
      const isTaken = await takes(event);
      if (isTaken) told.keys.push(...keys.map(String));
      return isTaken;
    },
    onFault: (error) => faults.push(error),
  });
  return {
    told,
    faults,
    /** The first begins of itself. */
    firstLook: () => paused.promise,
    look: async () => {
      const before = goOn;
      [goOn, paused] = [Promise.withResolvers(), Promise.withResolvers()];
      before.resolve();
      await paused.promise;
    },
    end: async () => {
      pauses.end();
      await watching;
    },
  };
}

/** What one watch saves, the next loads; the first times it cannot be saved. */
export function newToldFiles(failures = 0) {
  let saved: Told = new Map();
  let saves = 0;
  const toldFiles: ToldFiles = {
    load: async () => saved,
    save: async (told) => {
      if (saves++ < failures) return false;
      saved = new Map(told);
      return true;
    },
  };
  return { toldFiles, saved: () => [...saved.keys()].toSorted() };
}
