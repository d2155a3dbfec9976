// The profiles that a person keeps: which engines there are, and who calls them. The file is
//
//     { "current": "prod", "profiles": { "prod": { "url", "auth", "region"?, "secretFile"?,
//       "secretVariable"? } } }
//
// in $XDG_CONFIG_HOME/sluice/config.json, by default ~/.config. No secret is ever in it: a profile
// says in which file or variable one is. What is in the file and not understood is refused: a
// profile that is half understood may call another engine than was meant. Source: freedesktop.org,
// "XDG Base Directory Specification".

import { join } from 'node:path';
import type { Terminal } from '../terminal.ts';

export const authKinds = ['none', 'iam', 'key', 'token'] as const;
export type AuthKind = (typeof authKinds)[number];

export type Profile = {
  readonly url: string;
  readonly auth: AuthKind;
  /** Of iam. @default that of the URL, or AWS_REGION */
  readonly region?: string;
  /** Of key and token: where the secret is. */
  readonly secretFile?: string;
  readonly secretVariable?: string;
};

export type Config = {
  readonly current?: string;
  readonly profiles: Readonly<Record<string, Profile>>;
};

type Ground = Pick<Terminal, 'environment' | 'files'>;

/** @throws Error: nobody says where it is. */
export function configFolder(ground: Pick<Terminal, 'environment'>): string {
  const folder = folderIn(ground);
  if (folder !== undefined) return folder;
  throw new Error('XDG_CONFIG_HOME and HOME are not set: there is no place for profiles');
}

/** What reads asks here as what writes does: else one would not find what the other has kept. */
function folderIn({ environment }: Pick<Terminal, 'environment'>): string | undefined {
  const home = environment('HOME') ?? environment('USERPROFILE');
  const folder = environment('XDG_CONFIG_HOME') ?? (home && join(home, '.config'));
  return folder && join(folder, 'sluice');
}

const fileName = 'config.json';

/** @throws Error that names the file and the field. */
export function readConfig(ground: Ground): Config {
  const folder = folderIn(ground);
  // Who has no home has no profiles, and may call engines all the same.
  if (folder === undefined) return { profiles: {} };
  const path = join(folder, fileName);
  const file = ground.files.read(path);
  if (file === undefined) return { profiles: {} };
  try {
    return configIn(JSON.parse(file.text));
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`);
  }
}

export function writeConfig(ground: Ground, config: Config): void {
  ground.files.write(
    join(configFolder(ground), fileName),
    `${JSON.stringify(config, undefined, 2)}\n`,
  );
}

const fields: ReadonlySet<string> = new Set([
  'url',
  'auth',
  'region',
  'secretFile',
  'secretVariable',
]);

function configIn(value: unknown): Config {
  const { current, profiles = {} } = objectIn('it', value);
  if (current !== undefined && typeof current !== 'string') {
    throw new Error('current: must be the name of a profile');
  }
  const all = Object.entries(objectIn('profiles', profiles)).map(([name, profile]) => {
    return [name, profileIn(`profiles.${name}`, objectIn(`profiles.${name}`, profile))] as const;
  });
  return { ...(current !== undefined && { current }), profiles: Object.fromEntries(all) };
}

function objectIn(field: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw new Error(`${field}: must be an object`);
}

function profileIn(field: string, value: Readonly<Record<string, unknown>>): Profile {
  for (const [name, text] of Object.entries(value)) {
    if (!fields.has(name)) throw new Error(`${field}.${name}: is not known`);
    if (typeof text !== 'string') throw new Error(`${field}.${name}: must be text`);
  }
  const { url, auth } = value;
  if (url === undefined) throw new Error(`${field}.url: must be there`);
  if (!authKinds.some((kind) => kind === auth)) {
    throw new Error(`${field}.auth: must be one of ${authKinds.join(', ')}`);
  }
  return value as unknown as Profile;
}
