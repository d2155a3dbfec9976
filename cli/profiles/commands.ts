// `sluice profiles`: the engines that a person works with, by name.

import { join } from 'node:path';
import { type Command, Option } from 'commander';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';
import { NotFoundError, UsageError } from '../faults.ts';
import { bytesOfAll } from '../read-input.ts';
import type { Shell } from '../shell.ts';
import {
  type AuthKind,
  authKinds,
  type Config,
  configFolder,
  type Profile,
  readConfig,
  writeConfig,
} from './config.ts';
import { expectUrl } from './engine.ts';

export function addProfiles(program: Command, shell: Shell): void {
  const profiles = program.command('profiles').description('engines by name, and who calls them');
  withExamples(
    profiles.command('list').description('all; * is in use').action(shell.runs(listProfiles)),
    'sluice profiles list',
  );
  const set = profiles.command('set <name>').description('add one, or change it');
  set.addOption(new Option('--auth <kind>', 'how the engine knows you').choices(authKinds));
  set.option('--region <name>', 'of iam, where the URL does not say it');
  set.option('--secret-file <path>', 'where the key or token is; for its owner alone: mode 0600');
  set.option('--secret-variable <name>', 'or the environment variable that has it');
  set.option('--secret-stdin', 'or keep it beside the profiles, as standard input has it');
  withExamples(
    set.action(shell.runs(setProfile)),
    'sluice profiles set local --url http://127.0.0.1:8082',
    'sluice profiles set prod --url https://abc.execute-api.eu-west-1.amazonaws.com --auth iam',
    'sluice profiles set shop --url https://sluice.shop.test --auth key --secret-stdin < key.txt',
  );
  withExamples(
    profiles
      .command('use <profile>')
      .description('speak to it where nothing else is said')
      .action(shell.runs(useProfile)),
    'sluice profiles use prod',
  );
  withExamples(
    profiles
      .command('remove <profile>')
      .description('forget it, and the secret that was kept beside it')
      .action(shell.runs(removeProfile)),
    'sluice profiles remove prod',
  );
}

async function listProfiles(context: Context): Promise<void> {
  const { current, profiles } = readConfig(context.terminal);
  const all = Object.entries(profiles).map(([name, profile]) => {
    return { name, inUse: name === current, ...profile };
  });
  const rows = all.map(({ name, inUse, url, auth, region, secretFile, secretVariable }) => {
    const secret = secretFile ?? (secretVariable && `$${secretVariable}`);
    return { '': inUse ? '*' : '', name, url, auth, region, secret };
  });
  await context.showTable(rows, { values: all, none: 'no profiles: sluice profiles set --help' });
}

type SetOptions = {
  readonly auth?: AuthKind;
  readonly region?: string;
  readonly secretFile?: string;
  readonly secretVariable?: string;
  readonly secretStdin?: true;
};

/** What is not said stays as it is. */
async function setProfile(context: Context, options: SetOptions, name: string): Promise<void> {
  const { terminal } = context;
  if (!/^[\w.-]+$/.test(name)) throw new UsageError('a name is of letters, digits, _, . and -');
  const ways = [options.secretFile, options.secretVariable, options.secretStdin];
  if (ways.filter((way) => way !== undefined).length > 1) {
    throw new UsageError('--secret-file, --secret-variable and --secret-stdin: say one of them');
  }
  const config = readConfig(terminal);
  const before = config.profiles[name];
  const url = context.options.url ?? before?.url;
  if (url === undefined) throw new UsageError('--url: must be that of the engine');
  expectUrl('--url', url);
  const auth = options.auth ?? before?.auth ?? 'none';
  const takesSecret = auth === 'key' || auth === 'token';
  if (!takesSecret && ways.some((way) => way !== undefined)) {
    throw new UsageError(`a secret is of --auth key or token, not of ${auth}`);
  }
  const region = options.region ?? before?.region;
  const profile: Profile = {
    url,
    auth,
    ...(auth === 'iam' && region !== undefined && { region }),
    ...(takesSecret && (await secretPlace(context, name, options, before))),
  };
  const profiles = { ...config.profiles, [name]: profile };
  writeConfig(terminal, { ...config, profiles });
  forgetSecret(terminal, name, profiles);
  await context.done({ name, ...profile }, `${name} is ${url}, by ${auth}`);
}

async function secretPlace(
  { terminal }: Context,
  name: string,
  { secretFile, secretVariable, secretStdin }: SetOptions,
  before: Profile | undefined,
): Promise<Pick<Profile, 'secretFile' | 'secretVariable'>> {
  if (secretFile !== undefined) return { secretFile: terminal.files.absolute(secretFile) };
  if (secretVariable !== undefined) return { secretVariable };
  if (secretStdin === undefined) {
    return {
      ...(before?.secretFile !== undefined && { secretFile: before.secretFile }),
      ...(before?.secretVariable !== undefined && { secretVariable: before.secretVariable }),
    };
  }
  const secret = Buffer.from(await bytesOfAll(terminal.stdin))
    .toString()
    .trim();
  if (secret === '') throw new UsageError('--secret-stdin: nothing came by standard input');
  const path = ownSecret(terminal, name);
  terminal.files.write(path, `${secret}\n`);
  return { secretFile: path };
}

function ownSecret(terminal: Context['terminal'], name: string): string {
  return join(configFolder(terminal), `${name}.secret`);
}

/** One that no profile needs is not left behind. What a person keeps elsewhere is his own. */
function forgetSecret(
  terminal: Context['terminal'],
  name: string,
  profiles: Config['profiles'],
): void {
  const path = ownSecret(terminal, name);
  const isNeeded = Object.values(profiles).some(({ secretFile }) => secretFile === path);
  if (!isNeeded) terminal.files.remove(path);
}

async function useProfile(context: Context, _: object, name: string): Promise<void> {
  const config = readConfig(context.terminal);
  expectProfile(config, name);
  writeConfig(context.terminal, { ...config, current: name });
  await context.done({ current: name }, `${name} is in use`);
}

async function removeProfile(context: Context, _: object, name: string): Promise<void> {
  const { terminal } = context;
  const config = readConfig(terminal);
  expectProfile(config, name);
  const { [name]: gone, ...profiles } = config.profiles;
  const { current, ...rest } = config;
  const stays = current !== undefined && current !== name && { current };
  writeConfig(terminal, { ...rest, ...stays, profiles });
  forgetSecret(terminal, name, profiles);
  await context.done({ removed: name }, `${name} is gone`);
}

function expectProfile({ profiles }: Config, name: string): Profile {
  const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (profile !== undefined) return profile;
  throw new NotFoundError(`there is no profile ${name}: sluice profiles list shows them`);
}
