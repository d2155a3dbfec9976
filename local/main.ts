// `npm start`: the whole engine on this machine. The process's own words, signals and end are here.

import { clusterId } from '../shared/api/v3/resources.ts';
import { hostClock } from '../shared/engine/host-environment.ts';
import { type Embedded, startEmbedded } from './embedded.ts';
import { isLoopback } from './loopback.ts';
import { type Options, readOptions } from './options.ts';

const nodeMajor = 24;
/** How long what is under way is waited for at the end: Docker kills 10 s after it has asked,
 * Kubernetes and ECS after 30. */
const stopMillisMax = 8_000;

if (Number.parseInt(process.versions.node, 10) < nodeMajor) {
  fail(`Sluice runs on Node ${nodeMajor}, not ${process.versions.node}: start it with npm start`);
}
const read = readOptions(process.argv.slice(2), process.env);
if (read.kind === 'help') console.log(read.text);
else if (read.kind === 'fault') fail(`${read.text}\n(npm start -- --help lists the flags)`);
else await serve(read.options);

async function serve(options: Options): Promise<void> {
  const engine = await startEmbedded(options).catch((error: Error) => fail(error.message));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      end(engine).then(
        () => process.exit(0),
        (error: Error) => fail(error.message),
      );
    });
  }
  const isOpen = options.access.callers.kind === 'anyone';
  if (isOpen && !isLoopback(engine.host)) {
    console.error(`sluice: whoever reaches ${engine.host} may do everything: see --auth`);
  }
  // Last: whoever reads it may send a signal.
  const host = engine.host.includes(':') ? `[${engine.host}]` : engine.host;
  console.log(greeting(`http://${host}:${engine.port}`, engine.place, isOpen));
}

/** What does not end in time is left as a crash would leave it: a request without an answer, and a
 * delivery that the next engine makes again. */
async function end(engine: Embedded): Promise<void> {
  const stopped = engine.stop().then(() => true);
  const late = hostClock.sleep(stopMillisMax).then(() => false);
  if (await Promise.race([stopped, late])) return;
  console.error(`sluice: what is under way after ${stopMillisMax} ms is left to the next start`);
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
`;
}

function fail(message: string): never {
  console.error(`sluice: ${message}`);
  process.exit(1);
}
