// Credentials of AWS: whoever gives them is asked when there are none yet, or when those that he
// gave are about to end, and by many requests at once only once.

import { SluiceError } from './errors.ts';
import type { Clock } from './host.ts';

export type AwsCredentials = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  /** When they end. @default never */
  readonly expiration?: Date | undefined;
};

/** As those of `@aws-sdk/credential-providers` are. */
export type AwsCredentialProvider = () => Promise<AwsCredentials>;

/** Before their end, as the SDK has it: a request may be long on its way. */
const refreshMillis = 5 * 60_000;

/** For which an answer is waited for, before it is asked for again beside it: one that never comes
 * would keep all requests from ever being signed. */
const askedMillisMax = 10_000;

/** @returns what gives credentials that are good for the next minutes.
 * @throws what the provider does. What it could not give is asked for again by who comes next. */
export function remembered(
  provider: AwsCredentialProvider,
): (clock: Clock) => Promise<AwsCredentials> {
  let given: AwsCredentials | undefined;
  let asked: { readonly at: number; readonly answer: Promise<AwsCredentials> } | undefined;
  return async (clock) => {
    const now = clock.now();
    if (given !== undefined && isGood(given, now)) return given;
    // Before it was asked for: the clock was set back.
    if (asked === undefined || now < asked.at || now >= asked.at + askedMillisMax) {
      const own = { at: now, answer: provider() };
      asked = own;
      const forget = () => {
        if (asked === own) asked = undefined;
      };
      own.answer.then(forget, forget);
    }
    given = await asked.answer;
    return given;
  };
}

function isGood({ expiration }: AwsCredentials, now: number): boolean {
  return expiration === undefined || expiration.getTime() - now > refreshMillis;
}

/** Where the AWS SDK looks for credentials, in its order: the environment, profiles and single
 * sign-on, a process, a web identity, the container's or the machine's own.
 * @throws SluiceError: it found none. */
export const fromDefaultChain: AwsCredentialProvider = async () => {
  chain ??= import('@aws-sdk/credential-provider-node').then(({ defaultProvider }) => {
    return defaultProvider();
  });
  const find = await chain;
  try {
    return await find();
  } catch (error) {
    throw (error as Error).name === 'CredentialsProviderError' ? noneFound(error as Error) : error;
  }
};

let chain: Promise<AwsCredentialProvider> | undefined;

function noneFound(cause: Error): SluiceError {
  const ways = 'set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY';
  const message = `no AWS credentials to sign with (${cause.message}): ${ways}, or give sigV4 some`;
  return new SluiceError(message, { code: 401, outcome: 'refused', retriable: false, cause });
}
