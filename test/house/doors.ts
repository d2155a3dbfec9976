// Which room may name which. The doors are one-way: a line of code should know what it may touch.

import { type Import, isTypeScript, type Rule, rooms, type SourceFile } from './source.ts';

/** A file's room: a folder of shared/, shared's root, or a folder of the project. One of shared/
 * that is called like one of the project keeps its path: the page is not who serves it. */
function roomOf(path: string): string {
  const [folder = '', room = '', ...rest] = path.split('/');
  if (folder !== 'shared') return folder;
  if (rest.length === 0) return 'root';
  return rooms.some((one) => one === room) ? `shared/${room}` : room;
}

/** The rooms that decide, and what all may name. */
const core = ['root', 'record', 'segment', 'log', 'group', 'access', 'delivery', 'ingest'];

/** What each room may import besides itself. A room that is not here may import anything: tests. */
const doors: Readonly<Record<string, readonly string[]>> = {
  root: [],
  record: ['root'],
  segment: ['root', 'record'],
  log: ['root', 'record', 'segment'],
  group: ['root', 'record'],
  access: ['root'],
  pattern: ['root'],
  delivery: ['root', 'record', 'group', 'pattern', 'ports'],
  ingest: ['root', 'record'],
  store: ['root'],
  ports: ['root'],
  'shared/console': ['root'],
  webhook: ['root', 'ports'],
  engine: [...core, 'store', 'ports'],
  api: [...core, 'engine', 'webhook'],
  aws: ['root', 'store', 'ports'],
  functions: [...core, 'store', 'ports', 'shared/console', 'webhook', 'engine', 'api', 'aws'],
  local: [...core, 'store', 'ports', 'shared/console', 'webhook', 'engine', 'api', 'aws'],
  infra: [],
  // What its batches save is counted, too.
  price: [...core, 'store', 'ports', 'engine', 'api', 'local', 'client'],
  bench: [...core, 'store', 'ports', 'webhook', 'engine', 'api', 'aws', 'local', 'build', 'client'],
  client: ['root', 'record'],
  // It is sent to a browser, and knows the engine by its HTTP surface alone.
  console: [],
  build: ['root', 'aws', 'shared/console'],
  // A program over the client; and by commands that are loaded when they are asked for, what
  // local and price do, and the console: who installs one package has all of it.
  cli: ['root', 'record', 'client', 'local', 'price', 'shared/console'],
  demo: [],
};

/** Names and numbers, what may be set about a topic, and who is a principal. */
const stackReads =
  /^shared\/(contract|metric-names|config-specs|access\/principal|(\w+-)?limits)\.ts$/;

/** Doors to one file, not to its room: what is said to a table (but not the table), what a request
 * counts (but not the counting), and what the stack is told. */
function isSideDoor(room: string, { from, typeOnly }: Import): boolean {
  switch (room) {
    case 'log':
    case 'group':
    case 'delivery':
      return /^shared\/store\/((group-|trigger-)?items|algebra)\.ts$/.test(from);
    case 'api':
      return from === 'shared/store/counted.ts' && typeOnly;
    case 'infra':
      return stackReads.test(from);
    default:
      return false;
  }
}

export const oneWayDoors: Rule = (files) =>
  eachImport(files, (file, found) => {
    const room = roomOf(file.path);
    const allowed = doors[room];
    const target = roomOf(found.from);
    if (!found.ours || allowed === undefined || !isTypeScript(found.from)) return undefined;
    if (target === room || allowed.includes(target) || isSideDoor(room, found)) return undefined;
    if (isCountedThere(room, found)) return undefined;
    return `the room '${room}' may not import '${found.from}': move what both need inwards`;
  });

const partOfClient = /^client\/(\w+)\//;

/** The client's parts know nothing of each other: only its entry knows all of them. */
export const clientPartsApart: Rule = (files) =>
  eachImport(files, ({ path }, { from }) => {
    const [, own] = partOfClient.exec(path) ?? [];
    const [, other] = partOfClient.exec(from) ?? [];
    if (own === undefined || other === undefined || own === other) return undefined;
    return `'${from}' is of the client's ${other}: move what both need to the client's root`;
  });

/** Where there is a Node. */
const everywhereButInBrowsers = Object.keys(doors).filter((room) => room !== 'console');

/** Packages that only some rooms may name. */
const packages: readonly (readonly [RegExp, readonly string[]])[] = [
  // Who has no credentials of AWS must not need its SDK: only what signs requests is the client's.
  [/^@(smithy\/signature-v4|aws-sdk\/credential-provider-node)$/, ['aws', 'bench', 'client']],
  [/^@(aws-sdk|smithy)\//, ['aws', 'bench']],
  [/^(hono|@hono\/[^/]+)(\/|$)/, ['api', 'functions', 'local']],
  [/^zod(\/|$)/, ['api']],
  [/^(aws-cdk-lib|constructs|cdk-nag)(\/|$)/, ['infra']],
  [/^@aws-lambda-powertools\//, ['functions']],
  [/^esbuild(\/|$)/, ['build']],
  [/^(prom-client|jose)(\/|$)/, ['local']],
  [/^(vite)(\/|$)/, ['build']],
  [/^(preact|@preact\/signals|uplot)(\/|$)/, ['console']],
  [/^(commander|@bomb\.sh\/tab)(\/|$)/, ['cli']],
  [/^node:fs\b/, ['local', 'bench', 'build', 'demo', 'shared/console', 'cli']],
  [/^node:sqlite\b/, ['local', 'bench', 'build', 'demo']],
  [/^node:/, everywhereButInBrowsers],
  [/^echarts(\/|$)/, ['demo']],
];

export const packagesInTheirRooms: Rule = (files) =>
  eachImport(files, (file, found) => {
    const room = roomOf(file.path);
    if (found.ours || !(room in doors)) return undefined;
    const allowed = packages.find(([form]) => form.test(found.from))?.[1];
    if (allowed === undefined || allowed.includes(room)) return undefined;
    return `'${found.from}' is for ${allowed.join(', ')} alone: go through a port`;
  });

/** Who imports the process's own time and chance has them without being handed them. */
export const hostForRootsAlone: Rule = (files) =>
  eachImport(files, ({ path }, { from }) => {
    if (from !== 'shared/engine/host-environment.ts' || !path.startsWith('shared/')) {
      return undefined;
    }
    return `'${from}' is for composition roots: have a Clock or a Chance handed in`;
  });

/** A price is counted in the world that the tests of the costs are told in: in another one it could
 * differ from what they hold. */
function isCountedThere(room: string, { from }: Import): boolean {
  return room === 'price' && from.startsWith('test/world/');
}

/** But the runner's own configuration, which says what comes before them. */
export const nothingImportsTests: Rule = (files) =>
  eachImport(files, (file, found) => {
    const room = roomOf(file.path);
    if (['test', 'vitest.config.ts'].includes(room)) return undefined;
    if (!found.ours || roomOf(found.from) !== 'test' || isCountedThere(room, found)) {
      return undefined;
    }
    return `'${found.from}' is a test's: move what the product needs out of test/`;
  });

function eachImport(
  files: readonly SourceFile[],
  judge: (file: SourceFile, found: Import) => string | undefined,
): string[] {
  return files.flatMap((file) =>
    file.imports
      .map((found) => judge(file, found))
      .filter((complaint) => complaint !== undefined)
      .map((complaint) => `${file.path}: ${complaint}`),
  );
}
