// What the client logs, in the shape that users of kafkajs know: a line of JSON an entry, or what a
// creator of theirs makes of it.
//
// Invariant: to log never fails, whatever becomes of the entry. What logs has other work to do.

import type { Host } from './host.ts';

export const logLevel = { NOTHING: 0, ERROR: 1, WARN: 2, INFO: 4, DEBUG: 5 } as const;

export type LogLevel = (typeof logLevel)[keyof typeof logLevel];

export type LogEntry = {
  readonly namespace: string;
  readonly level: LogLevel;
  readonly label: string;
  readonly log: {
    /** As ISO 8601 has it. */
    readonly timestamp: string;
    readonly message: string;
    readonly [more: string]: unknown;
  };
};

export type LogCreator = (level: LogLevel) => (entry: LogEntry) => void;

type Log = (message: string, extra?: object) => void;

export type Logger = {
  readonly error: Log;
  readonly warn: Log;
  readonly info: Log;
  readonly debug: Log;
  /** Of entries of another name. */
  readonly namespace: (name: string) => Logger;
  readonly setLogLevel: (level: LogLevel) => void;
};

/** @param wanted.level @default WARN */
export function newLogger(
  { clock, log }: Host,
  wanted: { readonly level?: LogLevel | undefined; readonly creator?: LogCreator | undefined } = {},
): Logger {
  const { level: first = logLevel.WARN, creator = () => (entry) => log(lineOf(entry)) } = wanted;
  let now: LogLevel = first;
  const write: (entry: LogEntry) => unknown = creator(first);
  const failed = (error: unknown): void => {
    try {
      log(`a log entry is lost: ${error}`);
    } catch {
      // There is nowhere left to say it.
    }
  };
  const safely = (work: () => unknown): void => {
    try {
      const promised = work();
      if (promised instanceof Promise) promised.catch(failed);
    } catch (error) {
      failed(error);
    }
  };
  const named = (namespace: string): Logger => {
    const logAt = (label: Exclude<keyof typeof logLevel, 'NOTHING'>): Log => {
      const level = logLevel[label];
      return (message, extra = {}) => {
        if (level > now) return;
        const timestamp = new Date(clock.now()).toISOString();
        const entry = { timestamp, logger: 'sluice', message, ...extra };
        safely(() => write({ namespace, level, label, log: entry }));
      };
    };
    return {
      error: logAt('ERROR'),
      warn: logAt('WARN'),
      info: logAt('INFO'),
      debug: logAt('DEBUG'),
      namespace: named,
      setLogLevel: (level) => {
        now = level;
      },
    };
  };
  return named('');
}

function lineOf({ namespace, label, log: { timestamp, ...rest } }: LogEntry): string {
  const said = namespace === '' ? rest : { ...rest, namespace };
  return JSON.stringify({ level: label, timestamp, ...said });
}
