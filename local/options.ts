// What `npm start` may be told (flags.ts), and where its stores are.

import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { environmentNames } from '../shared/contract.ts';
import { type AccessOptions, accessFlags, accessOf } from './access-options.ts';
import {
  type Environment,
  type Flags,
  type Given,
  isTrue,
  type ReadFlags,
  readFlags,
} from './flags.ts';
import { pairsOf, type TriggerOptions } from './trigger-options.ts';

export type Options = {
  readonly host: string;
  readonly port: number;
  /** Names beside loopback's and the host's that requests may be addressed to. */
  readonly allowedHosts: readonly string[];
  readonly stores: StoreOptions;
  readonly access: AccessOptions;
  readonly triggers: TriggerOptions;
  /** Whether this engine keeps house: on stores that others use too, one that does is enough. */
  readonly housekeeping: boolean;
};

export type StoreOptions =
  | { readonly kind: 'memory' }
  | { readonly kind: 'directory'; readonly directory: string }
  | ({ readonly kind: 'aws' } & AwsOptions);

/** The stores of an account, or emulators of them. */
export type AwsOptions = {
  /** URLs; undefined: those of the account's region. */
  readonly s3Endpoint: string | undefined;
  readonly dynamodbEndpoint: string | undefined;
  readonly bucket: string;
  readonly table: string;
};

export type ReadOptions = ReadFlags<Options>;

/** Where the stores are. */
export const storeFlags = {
  data: { twin: 'SLUICE_DATA', value: 'DIR', help: 'where data is kept; default ./.sluice' },
  's3-endpoint': {
    twin: 'SLUICE_S3_ENDPOINT',
    value: 'URL',
    help: 'keep segments in S3, or an emulator, at that URL',
  },
  'dynamodb-endpoint': {
    twin: 'SLUICE_DYNAMODB_ENDPOINT',
    value: 'URL',
    help: 'keep the table in DynamoDB, or an emulator, at that URL',
  },
  bucket: {
    twin: environmentNames.bucketName,
    value: 'NAME',
    help: 'the bucket’s name in S3; default sluice where an endpoint is given',
  },
  table: {
    twin: environmentNames.tableName,
    value: 'NAME',
    help: 'the table’s name in DynamoDB; default sluice where an endpoint is given',
  },
} as const satisfies Flags<string>;

const flags = {
  host: { twin: 'SLUICE_HOST', value: 'NAME', help: 'address to listen on; default 127.0.0.1' },
  port: { twin: 'SLUICE_PORT', value: 'PORT', help: 'port to listen on; default 8082' },
  'allowed-hosts': {
    twin: 'SLUICE_ALLOWED_HOSTS',
    value: 'NAMES',
    help: 'comma-separated names that requests may be addressed to, beside loopback’s',
  },
  memory: { twin: 'SLUICE_MEMORY', help: 'keep all in memory, and nothing after the end' },
  ...storeFlags,
  ...accessFlags,
  functions: {
    twin: 'SLUICE_FUNCTIONS',
    value: 'NAME=FILE,...',
    help: 'modules that export handler, for subscriptions to deliver to',
  },
  watch: {
    twin: 'SLUICE_WATCH',
    value: 'DIR=TOPIC,...',
    help: 'folders whose new files become records, as S3’s events do',
  },
  'sqs-endpoint': {
    twin: 'SLUICE_SQS_ENDPOINT',
    value: 'URL',
    help: 'where queues are that subscriptions deliver to; default none',
  },
  'no-housekeeping': {
    twin: 'SLUICE_NO_HOUSEKEEPING',
    help: 'leave merging, retention and clearing away to another engine',
  },
} as const satisfies Flags<string>;

type Flag = keyof typeof flags;

/** @param parameters what follows the program's name.
 * @param program how it was called. */
export function readOptions(
  parameters: readonly string[],
  environment: Environment,
  program = 'npm start --',
): ReadOptions {
  return readFlags({ program, flags }, { parameters, environment }, optionsOf);
}

function optionsOf(given: Given<Flag>): Options {
  const stores = storesOf(given, isTrue(given('memory')));
  const access = accessOf(given);
  if (stores.kind === 'memory' && access.callers.kind === 'api-keys') {
    throw new Error('--memory does not go with --auth api-keys: nobody could make a first key');
  }
  return {
    host: given('host') ?? '127.0.0.1',
    port: portOf(given('port') ?? '8082'),
    allowedHosts: hostsOf(given('allowed-hosts')),
    stores,
    access,
    triggers: {
      functions: pairsOf('functions', given('functions')),
      folders: pairsOf('watch', given('watch'), (folder) => resolve(folder)),
      sqsEndpoint: urlOf('sqs-endpoint', given('sqs-endpoint')),
    },
    housekeeping: !isTrue(given('no-housekeeping')),
  };
}

/** @throws Error that says what does not go together. */
export function storesOf(given: Given<keyof typeof storeFlags>, memory = false): StoreOptions {
  const s3Endpoint = urlOf('s3-endpoint', given('s3-endpoint'));
  const dynamodbEndpoint = urlOf('dynamodb-endpoint', given('dynamodb-endpoint'));
  const [bucket, table] = [given('bucket'), given('table')];
  if ((s3Endpoint === undefined) !== (dynamodbEndpoint === undefined)) {
    throw new Error('--s3-endpoint and --dynamodb-endpoint go together');
  }
  const isEndpoint = s3Endpoint !== undefined;
  if (!isEndpoint && (bucket === undefined) !== (table === undefined)) {
    throw new Error('--bucket and --table go together');
  }
  if (isEndpoint || bucket !== undefined) {
    if (memory || given('data') !== undefined) {
      throw new Error('--memory and --data do not go with stores of an account');
    }
    const names = { bucket: bucket ?? 'sluice', table: table ?? 'sluice' };
    return { kind: 'aws', s3Endpoint, dynamodbEndpoint, ...names };
  }
  if (memory) return { kind: 'memory' };
  return { kind: 'directory', directory: given('data') ?? './.sluice' };
}

function hostsOf(text = ''): readonly string[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const other = names.find((name) => !hostForm.test(name) && isIP(name) === 0);
  if (other === undefined) return names;
  throw new Error(`--allowed-hosts must be names or addresses, without a port, not ${other}`);
}

/** An IPv6 address may stand in brackets, as it does in a URL. */
const hostForm = /^(?:[\w.-]+|\[[\da-f:.]+\])$/i;

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new Error(`--port must be a number from 0 to 65535, not ${text}`);
}

export function urlOf(flag: Flag, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (URL.canParse(text) && /^https?:/.test(text)) return text;
  throw new Error(`--${flag} must be an http or https URL, not ${text}`);
}
