// How a subscription's settings are said in bodies and replies, and what they must be to each
// other.
//
// Invariant: what a reply says, said again, changes nothing.

import { defaultSettings, type SubscriptionSettings } from '../../delivery/subscription.ts';
import { EngineError } from '../../errors.ts';
import { attemptsDefault } from '../../trigger-limits.ts';
import type { SettingsBody } from '../schemas/subscriptions.ts';

/** By what bodies and replies call them. */
const settings = {
  batch_size: 'batchRecordsMax',
  batch_bytes: 'batchBytesMax',
  batch_window_ms: 'batchWindowMillis',
  filter: 'filter',
  max_attempts: 'attemptsMax',
  max_age_ms: 'ageMillisMax',
  retry_min_ms: 'retryMillisMin',
  retry_max_ms: 'retryMillisMax',
  bisect: 'bisects',
  dead_letter_topic: 'deadLetterTopic',
  max_concurrency: 'deliveriesMax',
  max_records_per_second: 'recordsPerSecondMax',
  timeout_ms: 'timeoutMillis',
} as const satisfies Record<keyof SettingsBody, keyof SubscriptionSettings>;

const entries = Object.entries(settings) as [keyof SettingsBody, keyof SubscriptionSettings][];

/** Where there is a place for dead letters, tries end.
 * @param said what is null in it goes back to its default.
 * @throws EngineError INVALID_FIELD: one does not go with another. */
export function settingsAfter(
  before: SubscriptionSettings,
  said: SettingsBody,
): SubscriptionSettings {
  const all = entries.map(([field, setting]) => [setting, valueAfter(before, said, field)]);
  const stated = all.filter(([, value]) => value !== undefined);
  const after: SubscriptionSettings = Object.fromEntries(stated);
  const { retryMillisMin, retryMillisMax, deadLetterTopic } = after;
  if (retryMillisMin > retryMillisMax) {
    const message = `retry_max_ms: must be at least retry_min_ms, ${retryMillisMin}`;
    const detail = { field: 'retry_max_ms', limit: retryMillisMin };
    throw new EngineError('INVALID_FIELD', message, detail);
  }
  return deadLetterTopic === undefined ? after : { attemptsMax: attemptsDefault, ...after };
}

function valueAfter(before: SubscriptionSettings, said: SettingsBody, field: keyof SettingsBody) {
  const setting = settings[field];
  const value = said[field];
  if (value === undefined) return before[setting];
  if (value === null) return defaultSettings[setting];
  return field === 'filter' ? JSON.stringify(value) : value;
}

/** Whether something is said of them at all. */
export function saysSettings(said: SettingsBody): boolean {
  return entries.some(([field]) => said[field] !== undefined);
}

/** null: there is no bound, no filter, no such topic. */
export function settingsReply(own: SubscriptionSettings) {
  const all = entries.map(([field, setting]) => [field, own[setting] ?? null]);
  const filter = own.filter === undefined ? null : JSON.parse(own.filter);
  return { ...Object.fromEntries(all), filter };
}
