// The whole engine in one process: the composition root of the server that `npm start` runs.

import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { getRequestListener, RequestError } from '@hono/node-server';
import { allRoutes } from '../shared/api/all-routes.ts';
import { createApi } from '../shared/api/api.ts';
import { readFolder } from '../shared/console/read-folder.ts';
import { createEngine } from '../shared/engine/engine.ts';
import { hostChance, hostClock } from '../shared/engine/host-environment.ts';
import type { Operations } from '../shared/store/counted.ts';
import { toldFault } from '../shared/told-fault.ts';
import { accessControl } from './access.ts';
import { type AccessOptions, anyone } from './access-options.ts';
import { builtConsole, openapiDocument } from './built-files.ts';
import { consoleRoutes } from './console-routes.ts';
import { EngineMetrics } from './engine-metrics.ts';
import { ingestFolders } from './folder-ingest.ts';
import { guardFor } from './guard.ts';
import { Housekeeping, pacesAlone, pacesAmongOthers } from './housekeeping.ts';
import { ingestRoutes } from './ingest-routes.ts';
import { metricsRoutes } from './metrics-routes.ts';
import { openStores } from './open-stores.ts';
import { openTargets } from './open-targets.ts';
import type { Options } from './options.ts';
import { readBody } from './read-body.ts';
import { startServer } from './server.ts';
import { noTriggers, type TriggerOptions } from './trigger-options.ts';
import { Triggers } from './triggers.ts';
import { watchedTable } from './watched-table.ts';

export type Embedded = {
  readonly host: string;
  readonly port: number;
  /** Where the data is, for people. */
  readonly place: string;
  /** Store operations since the start. */
  readonly operations: Readonly<Operations>;
  /** Ends waits, answers what is under way, finishes what no answer waits for, closes the
   * stores. */
  readonly stop: () => Promise<void>;
};

/** Every append is this process's own, and announced in it: nobody needs to look. A PUT costs a
 * sync, which files share anyway. Files are read by the threads that requests wait for, too. */
const aloneSettings = {
  headPollMillis: undefined,
  gatherBytes: 64 * 1024,
  rewriteReadsInFlight: 16,
  deliversAlone: true,
};

/** Lag costs some reads for each group and partition: nothing on this machine, and money in an
 * account. */
const lagMillisAlone = 5_000;
const lagMillisAmongOthers = 60_000;

export type EmbeddedOptions = Omit<Options, 'access' | 'triggers' | 'housekeeping'> & {
  /** @default anyone */
  readonly access?: AccessOptions;
  readonly triggers?: TriggerOptions;
  /** @default true */
  readonly housekeeping?: boolean;
  /** Where the console's files are.
   * @default where `npm run console` puts them */
  readonly consoleFolder?: string;
};

/** @throws Error when the data, the address or a function's module cannot be had. */
export async function startEmbedded({
  host,
  port,
  allowedHosts,
  stores,
  access = anyone,
  triggers: options = noTriggers,
  housekeeping: keepsHouse = true,
  consoleFolder = builtConsole,
}: EmbeddedOptions): Promise<Embedded> {
  const targets = await openTargets(options, hostClock);
  const { objects, table, place, directory, alone, close } = await openStores(stores);
  const onFault = (error: unknown) => console.error(toldFault(error));
  const metrics = new EngineMetrics({
    lagMillisMin: alone ? lagMillisAlone : lagMillisAmongOthers,
  });
  const { tell } = metrics;
  const triggers = new Triggers({ clock: hostClock, onFault, tell });
  const pace = alone ? pacesAlone : pacesAmongOthers;
  const housekeeping = keepsHouse
    ? new Housekeeping({ clock: hostClock, pace, onFault, tell })
    : undefined;
  const engine = createEngine({
    objects,
    table: watchedTable(table, (writes, item) => {
      triggers.see(writes, item);
      housekeeping?.see(writes, item);
    }),
    clock: hostClock,
    chance: hostChance,
    wakeUps: triggers.wakeUps,
    ...(alone && { settings: aloneSettings }),
  });
  const api = createApi({
    engine,
    access: await accessControl(access, { clock: hostClock, onFault }),
    routes: [
      ...allRoutes(readFileSync(openapiDocument, 'utf8')),
      ingestRoutes,
      metricsRoutes(metrics),
    ],
    openRoutes: [consoleRoutes(readFolder(consoleFolder))],
    readBody: ({ env }, bytesMax) =>
      readBody((env as { incoming: IncomingMessage }).incoming, bytesMax),
    onFault,
    onReply: tell,
  });
  // A request whose URL or Host is none: all else that goes wrong, the API answers itself.
  const errorHandler = (error: unknown) => {
    if (!(error instanceof RequestError)) throw error;
    return Response.json({ error_code: 400, message: 'HTTP 400 Bad Request' }, { status: 400 });
  };
  const server = await startServer({
    host,
    port,
    guard: guardFor({ host, names: allowedHosts }),
    listener: getRequestListener(api.fetch, { errorHandler }),
  }).catch(async (error) => {
    await close();
    throw error;
  });
  triggers.start({ engine, targets });
  housekeeping?.start(engine);
  const folders = ingestFolders(engine, { folders: options.folders, directory, onFault, tell });
  const finish = async () => {
    engine.arrivals.end();
    await Promise.all([server.stop(), triggers.stop(), housekeeping?.stop(), folders.stop()]);
    await engine.background.idle();
    await close();
  };
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= finish());
  return { host, port: server.port, place, operations: engine.operations, stop };
}
