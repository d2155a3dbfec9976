// What `npm run price` may be told.

import {
  type Environment,
  type Flags,
  type Given,
  isTrue,
  type ReadFlags,
  readFlags,
} from '../local/flags.ts';
import type { BillOptions } from './bill.ts';
import { defaultWorkload, type Workload, workloadFault } from './workload.ts';

export type PriceOptions = {
  readonly workload: Workload;
  readonly billing: BillOptions;
  /** Whether it answers by a JSON document. */
  readonly isJson: boolean;
};

const { sends, records, recordBytes, partitions, retentionDays } = defaultWorkload;

const flags = {
  sends: { value: 'N', help: `requests a second that send records (${sends}); 0: an idle engine` },
  records: { value: 'N', help: `records of a request (${records})` },
  'record-bytes': { value: 'N', help: `bytes of a record (${recordBytes})` },
  'request-bytes': { value: 'N', help: 'or bytes of all records of a request' },
  reach: { value: 'N', help: 'partitions that one request reaches (1)' },
  partitions: { value: 'N', help: `partitions of the topic (${partitions})` },
  'busy-hours': { value: 'N', help: 'hours of each day in which it is sent (24)' },
  compression: { value: 'N', help: 'by how much zstd makes records smaller (1)' },
  'retention-days': { value: 'N', help: `how long records are kept (${retentionDays})` },
  groups: { value: 'N', help: 'consumer groups that poll (1; of an idle engine none)' },
  members: { value: 'N', help: 'members of each group (1)' },
  readers: { value: 'N', help: 'who fetches every partition, in no group (0)' },
  subscriptions: { value: 'N', help: 'functions that records are delivered to (0)' },
  'target-ms': { value: 'N', help: 'how long such a function takes (50)' },
  'wait-ms': { value: 'N', help: 'how long a poll waits that finds nothing (0)' },
  'pause-ms': { value: 'N', help: 'how long its caller then waits (1000)' },
  'free-tier': { help: 'take off what AWS gives each month' },
  internet: { help: 'whoever gets records is outside of AWS: add data out' },
  json: { help: 'answer by a JSON document' },
} as const satisfies Flags<string>;

type Flag = keyof typeof flags;

/** @param parameters what follows the program's name.
 * @param program how it was called. */
export function readPriceOptions(
  parameters: readonly string[],
  environment: Environment,
  program = 'npm run price --',
): ReadFlags<PriceOptions> {
  return readFlags({ program, flags }, { parameters, environment }, optionsOf);
}

function optionsOf(given: Given<Flag>): PriceOptions {
  const workload = workloadOf(given);
  const fault = workloadFault(workload);
  if (fault !== undefined) throw new Error(fault);
  return {
    workload,
    billing: { freeTier: isTrue(given('free-tier')), internet: isTrue(given('internet')) },
    isJson: isTrue(given('json')),
  };
}

function workloadOf(given: Given<Flag>): Workload {
  const number = (flag: Flag, otherwise: number): number => {
    const text = given(flag);
    const value = Number(text ?? otherwise);
    if (Number.isNaN(value)) throw new Error(`--${flag} ${text}: is no number`);
    return value;
  };
  const byDefault = defaultWorkload;
  const sent = number('sends', byDefault.sends);
  const ofEach = number('records', byDefault.records);
  const perRequest = number('request-bytes', ofEach * byDefault.recordBytes);
  return {
    sends: sent,
    records: ofEach,
    recordBytes: number('record-bytes', Math.max(1, Math.round(perRequest / ofEach))),
    reach: number('reach', byDefault.reach),
    partitions: number('partitions', byDefault.partitions),
    busyHours: number('busy-hours', byDefault.busyHours),
    compression: number('compression', byDefault.compression),
    retentionDays: number('retention-days', byDefault.retentionDays),
    groups: number('groups', sent === 0 ? 0 : byDefault.groups),
    members: number('members', byDefault.members),
    readers: number('readers', byDefault.readers),
    subscriptions: number('subscriptions', byDefault.subscriptions),
    targetMillis: number('target-ms', byDefault.targetMillis),
    waitMillis: number('wait-ms', byDefault.waitMillis),
    pauseMillis: number('pause-ms', byDefault.pauseMillis),
  };
}
