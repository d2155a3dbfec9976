// An engine that serves until somebody asks it to end: what it says of itself, and how it ends.

import { clusterId } from '../shared/api/v3/resources.ts';
import { hostClock } from '../shared/engine/host-environment.ts';
import { type Embedded, startEmbedded } from './embedded.ts';
import { isLoopback } from './loopback.ts';
import type { Options } from './options.ts';

/** Its SQLite says whether a transaction is open. */
const nodeMin = [22, 16] as const;
/** How long what is under way is waited for at the end: Docker kills 10 s after it has asked,
 * Kubernetes and ECS after 30. */
const stopMillisMax = 8_000;

export type Words = {
  readonly say: (text: string) => void;
  readonly warn: (text: string) => void;
};

/** @param interrupted called once it serves: resolves when it is to end.
 * @throws Error for people: it cannot start, or not end well. */
export async function serve(
  options: Options,
  interrupted: () => Promise<unknown>,
  { say, warn }: Words,
): Promise<void> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < nodeMin[0] || (major === nodeMin[0] && minor < nodeMin[1])) {
    throw new Error(
      `an engine runs on Node ${nodeMin.join('.')} or later, not ${process.versions.node}`,
    );
  }
  const engine = await startEmbedded(options);
  const end = interrupted();
  const isOpen = options.access.callers.kind === 'anyone';
  if (isOpen && !isLoopback(engine.host)) {
    warn(`whoever reaches ${engine.host} may do everything: see --auth`);
  }
  // Last: whoever reads it may ask it to end.
  const host = engine.host.includes(':') ? `[${engine.host}]` : engine.host;
  say(greeting(`http://${host}:${engine.port}`, engine.place, isOpen));
  await end;
  if (await endsInTime(engine)) return;
  warn(`what is under way after ${stopMillisMax} ms is left to the next start`);
}

/** What does not end in time is left as a crash would leave it: a request without an answer, and a
 * delivery that the next engine makes again. */
async function endsInTime(engine: Embedded): Promise<boolean> {
  const stopped = engine.stop().then(() => true);
  const late = hostClock.sleep(stopMillisMax).then(() => false);
  return Promise.race([stopped, late]);
}

function greeting(url: string, place: string, isOpen: boolean): string {
  const credential = isOpen ? '' : ` \\\n    -H "Authorization: Bearer $KEY"`;
  return `Sluice listens on ${url} and keeps its data in ${place}. Try:

  curl ${url}/v3/clusters/${clusterId}/topics -H 'Content-Type: application/json'${credential} \\
    -d '{"topic_name":"orders"}'
  curl ${url}/topics/orders -H 'Content-Type: application/vnd.kafka.json.v2+json'${credential} \\
    -d '{"records":[{"key":"k1","value":{"id":1}}]}'
  curl '${url}/topics/orders/partitions/0/records?offset=0' \\
    -H 'Accept: application/vnd.kafka.json.v2+json'${credential}

or look at it: ${url}/console
`;
}
