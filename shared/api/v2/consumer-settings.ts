// What a consumer instance is set to, out of the body that creates it.

import { EngineError } from '../../errors.ts';
import type { MemberSettings, ResetPolicy } from '../../group/member.ts';
import {
  fetchBytesMax,
  fetchWaitMillisMax,
  pollWaitMillisDefault,
  sessionMillisDefault,
} from '../../limits.ts';
import type { Exchange } from '../exchange.ts';
import { type CreateInstanceBody, createInstanceBody } from '../schemas/consumers.ts';
import { consumerBody } from './consumer-body.ts';

/** @throws EngineError INVALID_CONSUMER_CONFIG: a setting is none; and as consumerBody. */
export async function createBodyOf(exchange: Exchange): Promise<CreateInstanceBody> {
  try {
    return await consumerBody(exchange, createInstanceBody);
  } catch (error) {
    if (!(error instanceof EngineError) || !isOfSetting(error)) throw error;
    throw new EngineError('INVALID_CONSUMER_CONFIG', error.message, error.detail);
  }
}

function isOfSetting({ code, detail: { field = '' } }: EngineError): boolean {
  if (code !== 'INVALID_FIELD' || field === 'name') return false;
  return Object.hasOwn(createInstanceBody.shape, field);
}

export function settingsOf(body: CreateInstanceBody): MemberSettings {
  const bytesMin = integerOf(body['fetch.min.bytes']) ?? bytesMinDefault;
  const waitMillis = integerOf(body['consumer.request.timeout.ms']) ?? pollWaitMillisDefault;
  const commits = body['auto.commit.enable'] ?? body['enable.auto.commit'] ?? true;
  return {
    format: body.format?.toLowerCase() ?? 'binary',
    reset: (body['auto.offset.reset']?.toLowerCase() ?? 'latest') as ResetPolicy,
    autoCommit: String(commits).toLowerCase() === 'true',
    sessionMillis: integerOf(body['session.timeout.ms']) ?? sessionMillisDefault,
    waitMillis: Math.min(waitMillis, fetchWaitMillisMax),
    bytesMin: bytesMin < 0 ? bytesMinDefault : Math.min(bytesMin, fetchBytesMax),
  };
}

/** Kafka's: whatever there is. */
const bytesMinDefault = 1;

function integerOf(value: number | string | null | undefined): number | undefined {
  return value === null || value === undefined ? undefined : Number(value);
}
