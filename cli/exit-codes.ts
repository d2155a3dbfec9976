// What the program ends with, so that scripts need not read what it says.

export const exitCodes = {
  done: 0,
  /** Refused by the engine, or failed here. */
  failed: 1,
  /** The words make no sense. */
  usage: 2,
  notFound: 3,
  notAllowed: 4,
  /** It may have been done, or nobody is there to do it. */
  unknown: 5,
  /** By a signal, before all was done: 128 and the number of SIGINT, as shells have it. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export const exitCodesHelp = `Exit codes:
  0  done
  1  refused by the engine, or failed
  2  the command line makes no sense
  3  what it is about is not there
  4  not allowed: credentials are missing, wrong, or not enough
  5  the outcome is not known, or the engine is out of reach
  130  asked to end before all was sent
  fsck has codes of its own, which its --help says.`;
