// What may be set about a subscription, as options: of how much at once, how fast, and how what
// fails is tried again. `default` takes a setting back.

import { type Command, InvalidArgumentError } from 'commander';
import type { SubscriptionSettings } from '../client/admin/subscription-types.ts';
import { json, positive, whole } from './option-values.ts';

type Setting = keyof SubscriptionSettings;

const specs: Readonly<
  Record<Setting, readonly [flag: string, help: string, read: (text: string) => unknown]>
> = {
  batchSize: ['--batch-size <n>', 'records of one delivery (100)', whole(1)],
  batchBytes: ['--batch-bytes <n>', 'bytes of one delivery', whole(1)],
  batchWindowMs: ['--batch-window-ms <n>', 'how long a delivery waits to be full (0)', whole()],
  filter: ['--filter <json>', 'an event pattern: what it does not match is passed over', json],
  maxAttempts: ['--max-attempts <n>', 'of what fails, before it is given up', whole(1)],
  maxAgeMs: ['--max-age-ms <n>', 'older records are given up', whole(1)],
  retryMinMs: ['--retry-min-ms <n>', 'the first pause between two tries (1000)', whole()],
  retryMaxMs: ['--retry-max-ms <n>', 'the longest (60000)', whole()],
  bisect: ['--bisect <yes|no>', 'whether a delivery that fails is halved (yes)', yesOrNo],
  deadLetterTopic: ['--dead-letter-topic <name>', 'where records go that are given up', String],
  maxConcurrency: ['--max-concurrency <n>', 'deliveries at once', whole(1)],
  maxRecordsPerSecond: ['--max-records-per-second <n>', 'no faster than that', positive],
  timeoutMs: ['--timeout-ms <n>', 'how long the target may take (30000)', whole(1)],
};

/** The parser takes a value that is null itself for none. */
type Said = { readonly value: unknown };

export type SettingOptions = { readonly [Name in Setting]?: Said };

export function withSettings(command: Command): Command {
  for (const [flag, help, read] of Object.values(specs)) {
    command.option(flag, help, (text: string): Said => {
      return { value: text === 'default' ? null : read(text) };
    });
  }
  return command;
}

export function settingsIn(options: SettingOptions): SubscriptionSettings {
  const names = Object.keys(specs) as Setting[];
  return Object.fromEntries(
    names.flatMap((name) => {
      const said = options[name];
      return said === undefined ? [] : [[name, said.value]];
    }),
  );
}

/** By the names of the options, with what may be said of each again; null: nothing is set. */
export function settingRows(settings: Required<SubscriptionSettings>) {
  const entries = Object.entries(specs) as [Setting, (typeof specs)[Setting]][];
  return entries.map(([name, [flag]]) => {
    return { setting: flag.replace(/^--| .*$/g, ''), value: valueText(settings[name]) };
  });
}

function valueText(value: SubscriptionSettings[Setting]): string | number | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'object' ? JSON.stringify(value) : value;
}

function yesOrNo(text: string): boolean {
  if (text === 'yes' || text === 'no') return text === 'yes';
  throw new InvalidArgumentError('It must be yes or no.');
}
