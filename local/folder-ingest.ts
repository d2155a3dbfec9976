// Folders that become topics: what comes into them is brought in as S3's events are.

import { type Engine, openCall } from '../shared/engine/engine.ts';
import { ingest } from '../shared/engine/ingest/ingest.ts';
import { tellRun } from '../shared/engine/tell-run.ts';
import { EngineError } from '../shared/errors.ts';
import type { EpochMillis } from '../shared/ids.ts';
import { readSourceEvent } from '../shared/ingest/source-event.ts';
import { requestMillisMax } from '../shared/limits.ts';
import type { Told } from '../shared/told.ts';
import { Pauses } from './pauses.ts';
import { type FolderOfTopic, type ToldFiles, toldFilesIn, toldNowhere } from './told-files.ts';
import { watchFolder } from './watched-folder.ts';

export type FolderIngest = {
  /** Topics, by folder. A topic that is not there yet is waited for. */
  readonly folders: ReadonlyMap<string, string>;
  /** Of the engine's data; undefined: it has none, and the next process on the same stores knows
   * for 15 days what was brought. */
  readonly directory: string | undefined;
  /** Told of what cannot be read. */
  readonly onFault: (error: unknown) => void;
  /** Told of each file that is brought. */
  readonly tell: (told: Told) => void;
};

export function ingestFolders(
  engine: Engine,
  { folders, directory, onFault, tell }: FolderIngest,
): { readonly stop: () => Promise<void> } {
  const pauses = new Pauses(engine.clock);
  const toldFilesOf = (watched: FolderOfTopic): ToldFiles =>
    directory === undefined ? toldNowhere : toldFilesIn(directory, watched);
  const watching = [...folders].map(([folder, topic]) => {
    const toldFiles = toldFilesOf({ folder, topic });
    const take = (event: unknown) => bring({ engine, tell }, topic, event);
    return watchFolder({ folder, ownData: directory, pauses, toldFiles, take, onFault });
  });
  const stop = async () => {
    pauses.end();
    await Promise.all(watching);
  };
  return { stop };
}

async function bring(
  { engine, tell }: Pick<FolderIngest, 'tell'> & { readonly engine: Engine },
  topic: string,
  event: unknown,
): Promise<boolean> {
  const read = readSourceEvent(event, {});
  if (read.kind !== 'event') return true;
  const deadline = (engine.clock.now() + requestMillisMax) as EpochMillis;
  try {
    const call = openCall(engine, { deadline });
    const { records } = read.event;
    const failed = await tellRun(engine, call, { operation: 'ingest', tell }, () => {
      return ingest(engine, call, { topic, records });
    });
    return failed.length === 0;
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return false;
  }
}
