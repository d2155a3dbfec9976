// Which engine a command speaks to, and as whom: what the command line says, else the environment,
// else the profile in use, else the engine on this machine.
//
// - A profile's credentials go to the profile's engine: where only another URL is said, they stay
//   at home. Who names both wants both.
// - A file with a secret in it that others may read is refused, as ssh does with its keys.

import { UsageError } from '../faults.ts';
import type { Terminal } from '../terminal.ts';
import { type Config, type Profile, readConfig } from './config.ts';

export type Engine = {
  readonly url: string;
  readonly auth:
    | { readonly kind: 'none' }
    | { readonly kind: 'iam'; readonly region: string | undefined }
    | { readonly kind: 'key' | 'token'; readonly secret: string };
};

type Said = {
  readonly profile?: string | undefined;
  readonly url?: string | undefined;
  readonly key?: string | undefined;
  readonly iam?: boolean | undefined;
};

type Ground = Pick<Terminal, 'environment' | 'files'>;

export const defaultUrl = 'http://127.0.0.1:8082';
export const keyVariable = 'SLUICE_KEY';

/** @param flags of the command line.
 * @throws UsageError: there is no such profile; Error: its secret is not to be had. */
export function engineOf(flags: Said, ground: Ground): Engine {
  const { environment } = ground;
  if (flags.key !== undefined && flags.iam) {
    throw new UsageError('--key and --iam: say one of them');
  }
  const isByFlag = flags.profile !== undefined || flags.url !== undefined;
  const { name, url } = isByFlag
    ? { name: flags.profile, url: flags.url }
    : { name: environment('SLUICE_PROFILE'), url: environment('SLUICE_URL') };
  if (url !== undefined) expectUrl(isByFlag ? '--url' : 'SLUICE_URL', url);
  if (flags.key !== undefined) expectKey(flags.key);
  const config = readConfig(ground);
  const profile = profileOf(config, name, url);
  const chosen = url ?? profile?.url ?? defaultUrl;
  if (flags.iam) return { url: chosen, auth: { kind: 'iam', region: profile?.region } };
  if (flags.key !== undefined) return { url: chosen, auth: { kind: 'key', secret: flags.key } };
  const key = environment(keyVariable);
  const isProfileSaid = flags.profile !== undefined && profile?.auth !== 'none';
  if (key !== undefined && !isProfileSaid)
    return { url: chosen, auth: { kind: 'key', secret: key } };
  return { url: chosen, auth: profile === undefined ? { kind: 'none' } : authOf(profile, ground) };
}

/** @param name of what says it. @throws UsageError */
export function expectUrl(name: string, text: string): void {
  const protocol = URL.parse(text)?.protocol;
  if (protocol === 'http:' || protocol === 'https:') return;
  throw new UsageError(`${name}: must be that of an engine: https://… or ${defaultUrl}`);
}

/** Some mean the key of messages. */
function expectKey(key: string): void {
  if (/^[\w-]+\.[\w-]+$/.test(key.trim())) return;
  throw new UsageError(
    '--key: must be an API key whole, "id.secret"; what messages have is --record-key',
  );
}

/** @returns undefined: none is said, and none in use; or only a URL is said. */
function profileOf(
  config: Config,
  name: string | undefined,
  url: string | undefined,
): Profile | undefined {
  const wanted = name ?? (url === undefined ? config.current : undefined);
  if (wanted === undefined) return undefined;
  if (Object.hasOwn(config.profiles, wanted)) return config.profiles[wanted];
  const names = Object.keys(config.profiles).join(', ') || 'none';
  throw new UsageError(`there is no profile ${wanted}; there are: ${names} (sluice profiles list)`);
}

function authOf(profile: Profile, ground: Ground): Engine['auth'] {
  switch (profile.auth) {
    case 'none':
      return { kind: 'none' };
    case 'iam':
      return { kind: 'iam', region: profile.region };
    case 'key':
    case 'token':
      return { kind: profile.auth, secret: secretOf(profile, ground) };
  }
}

function secretOf({ secretFile, secretVariable = keyVariable }: Profile, ground: Ground): string {
  if (secretFile === undefined) {
    const secret = ground.environment(secretVariable);
    if (secret !== undefined) return secret;
    throw new Error(`the profile's secret is to be in ${secretVariable}, which is not set`);
  }
  const file = ground.files.read(secretFile);
  if (file === undefined)
    throw new Error(`the profile's secret is to be in ${secretFile}: no file`);
  if (file.isShared) {
    throw new Error(`${secretFile}: others may read it, and a secret is in it: chmod 600 it`);
  }
  return file.text.trim();
}
