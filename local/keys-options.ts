// What `npm run keys` may be told: a verb, and its own flags. Bodies are those of the API.

import { isKeyId } from '../shared/access/api-key.ts';
import { checked } from '../shared/api/request-body.ts';
import {
  type CreateKeyBody,
  createKeyBody,
  type RotateKeyBody,
  rotateKeyBody,
} from '../shared/api/schemas/access.ts';
import { EngineError } from '../shared/errors.ts';
import {
  type Environment,
  type Flags,
  type Given,
  isTrue,
  type ReadFlags,
  readFlags,
} from './flags.ts';
import { storeFlags, urlOf } from './options.ts';

export type KeysOptions = {
  readonly table: TableOptions;
  /** Whether it answers by the JSON document of the API. */
  readonly isJson: boolean;
  readonly ask: KeysAsk;
};

export type KeysAsk =
  | { readonly verb: 'create'; readonly body: CreateKeyBody }
  | { readonly verb: 'list' }
  | { readonly verb: 'rotate'; readonly id: string; readonly body: RotateKeyBody }
  | { readonly verb: 'delete'; readonly id: string };

/** Keys are in the table alone: of an account no bucket is asked for. */
export type TableOptions =
  | { readonly kind: 'directory'; readonly directory: string }
  | {
      readonly kind: 'aws';
      readonly dynamodbEndpoint: string | undefined;
      readonly table: string;
    };

const { data, table, 'dynamodb-endpoint': dynamodbEndpoint } = storeFlags;
const common = {
  data,
  'dynamodb-endpoint': dynamodbEndpoint,
  table,
  json: { help: 'answer by a JSON document' },
} as const satisfies Flags<string>;

const id = { value: 'KEY', help: 'the key’s id: what it has before the point' };
const expiresAt = { value: 'TIME', help: 'when the secret ends, or never; default in a year' };

const createFlags = {
  principal: { value: 'User:NAME', help: 'whose requests are made with it' },
  description: { value: 'TEXT', help: 'what it is for' },
  operations: { value: 'NAMES', help: 'comma-separated, to which it is narrowed: READ,WRITE' },
  'expires-at': expiresAt,
  ...common,
} as const satisfies Flags<string>;

const rotateFlags = {
  id,
  'previous-expires-at': { value: 'TIME', help: 'when the last secret ends; default in a day' },
  'expires-at': expiresAt,
  ...common,
} as const satisfies Flags<string>;

const deleteFlags = { id, ...common } as const satisfies Flags<string>;

const help = `create|list|rotate|delete [flags]

API keys, at the table that keeps them; VERB --help lists the flags of each. A new secret is
printed once, alone on standard output. A data directory belongs to one process: stop the engine
on it before, or ask the engine itself (POST /keys). In an account others may go on meanwhile.`;

/** @param parameters what follows the program's name.
 * @param called how it was called. */
export function readKeysOptions(
  [verb, ...parameters]: readonly string[],
  environment: Environment,
  called = 'npm run keys --',
): ReadFlags<KeysOptions> {
  const words = { parameters, environment };
  const program = `${called} ${verb}`;
  switch (verb) {
    case 'create':
      return readFlags({ program, flags: createFlags }, words, createOf);
    case 'list':
      return readFlags({ program, flags: common }, words, (given) => {
        return { ...commonOf(given), ask: { verb } };
      });
    case 'rotate':
      return readFlags({ program, flags: rotateFlags }, words, rotateOf);
    case 'delete':
      return readFlags({ program, flags: deleteFlags }, words, (given) => {
        return { ...commonOf(given), ask: { verb, id: idOf(given('id')) } };
      });
    case '--help':
      return { kind: 'help', text: `${called} ${help}` };
    default: {
      const not = verb === undefined ? '' : `, not ${verb}`;
      return { kind: 'fault', text: `it must be create, list, rotate or delete${not}` };
    }
  }
}

function createOf(given: Given<keyof typeof createFlags>): KeysOptions {
  const said = {
    principal: given('principal'),
    description: given('description'),
    operations: given('operations')?.split(','),
    expires_at: timeOf(given('expires-at')),
  };
  const body = flagsChecked(() => checked(createKeyBody, said));
  return { ...commonOf(given), ask: { verb: 'create', body } };
}

function rotateOf(given: Given<keyof typeof rotateFlags>): KeysOptions {
  const said = {
    previous_expires_at: given('previous-expires-at'),
    expires_at: timeOf(given('expires-at')),
  };
  const body = flagsChecked(() => checked(rotateKeyBody, said));
  return { ...commonOf(given), ask: { verb: 'rotate', id: idOf(given('id')), body } };
}

function timeOf(text: string | undefined): string | null | undefined {
  return text === 'never' ? null : text;
}

/** A field is called as its flag is. */
function flagsChecked<Body>(check: () => Body): Body {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    throw new Error(error.message.replace(/^\w+/, (field) => `--${field.replaceAll('_', '-')}`));
  }
}

function idOf(text: string | undefined): string {
  if (text !== undefined && isKeyId(text)) return text;
  throw new Error('--id must be a key’s id: list shows them');
}

function commonOf(given: Given<keyof typeof common>): Omit<KeysOptions, 'ask'> {
  return { table: tableOf(given), isJson: isTrue(given('json')) };
}

function tableOf(given: Given<keyof typeof common>): TableOptions {
  const [directory, name] = [given('data'), given('table')];
  const endpoint = urlOf('dynamodb-endpoint', given('dynamodb-endpoint'));
  if (endpoint === undefined && name === undefined) {
    return { kind: 'directory', directory: directory ?? './.sluice' };
  }
  if (directory === undefined) {
    return { kind: 'aws', dynamodbEndpoint: endpoint, table: name ?? 'sluice' };
  }
  throw new Error('--data does not go with the table of an account');
}
