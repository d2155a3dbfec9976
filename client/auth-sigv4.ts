// Signature Version 4: how an engine in an AWS account knows its callers. Each try is signed as of
// then.
//
// Signed are the method, the path, the query, the body's hash, and of the headers those that reach
// the gateway as they are: Host, Content-Type, and the date and session token that are added here.
// Accept and User-Agent are left out: fetch, and what stands between, may write them otherwise.
//
// What signs, and what finds credentials, is loaded when a first request is signed: who has an API
// key never waits for them.
//
// Source: "AWS Signature Version 4 for API requests", in the IAM User Guide.

import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import type { Auth, AuthHost, RequestToSign } from './auth.ts';
import {
  type AwsCredentialProvider,
  type AwsCredentials,
  fromDefaultChain,
  remembered,
} from './aws-credentials.ts';
import { invalid } from './errors.ts';

export type SigV4Options = {
  /** @default that of the engine's URL; where the URL has a domain of its own, AWS_REGION or
   * AWS_DEFAULT_REGION */
  readonly region?: string;
  /** @default 'execute-api': an API Gateway */
  readonly service?: string;
  /** @default where the AWS SDK looks for them: the environment, profiles, single sign-on, the
   * container's or the machine's role */
  readonly credentials?: AwsCredentials | AwsCredentialProvider;
};

/** Requests signed with credentials of AWS. Who calls needs `execute-api:Invoke`.
 * Tries throw SluiceError, before anything is sent, if there are no credentials or no region. */
export function sigV4(options: SigV4Options = {}): Auth {
  const { service = 'execute-api', credentials = fromDefaultChain } = options;
  const credentialsAt =
    typeof credentials === 'function' ? remembered(credentials) : async () => credentials;
  return async (request, host) => {
    const { SignatureV4 } = await import('@smithy/signature-v4');
    const signer = new SignatureV4({
      service,
      region: options.region ?? regionOf(request.url, host),
      credentials: identityOf(await credentialsAt(host.clock)),
      sha256: Sha256,
      // The body's hash is signed all the same, and the gateway takes it of the body itself.
      applyChecksum: false,
    });
    const signingDate = new Date(host.clock.now());
    const { headers } = await signer.sign(signable(request), { signingDate });
    return Object.fromEntries(Object.entries(headers).filter(([name]) => added.test(name)));
  };
}

/** What it had before is there already: said twice, a header would be another. */
const added = /^(authorization|x-amz-date|x-amz-security-token)$/;

function identityOf({ accessKeyId, secretAccessKey, sessionToken }: AwsCredentials) {
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
}

/** What is to be signed of a request, as the signer wants it. */
function signable({ method, url, headers, body }: RequestToSign) {
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type');
  return {
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    query: valuesByName(url.searchParams),
    headers: { host: url.host, ...(type && { 'content-type': type[1] }) },
    body,
  };
}

function valuesByName(query: URLSearchParams): Record<string, string[]> {
  return Object.fromEntries([...new Set(query.keys())].map((name) => [name, query.getAll(name)]));
}

/** Of a host of API Gateway's, its own: a function that calls the API of another region has the
 * AWS_REGION of its own. */
function regionOf({ hostname }: URL, { environment }: AuthHost): string {
  const [, own] = /\.(?:execute-api|lambda-url)\.([a-z]+(?:-[a-z]+)+-\d+)\./.exec(hostname) ?? [];
  const region = own ?? (environment('AWS_REGION') || environment('AWS_DEFAULT_REGION'));
  if (region) return region;
  throw invalid('sigV4', `needs a region: ${hostname} says none, and AWS_REGION is not set`);
}

type SourceData = string | ArrayBuffer | ArrayBufferView;

/** SHA-256, or HMAC by it where there is a secret, in the form that the signer asks for. */
class Sha256 {
  readonly #secret: SourceData | undefined;
  #hash: Hash | Hmac;

  constructor(secret?: SourceData) {
    this.#secret = secret;
    this.#hash = begin(secret);
  }

  update(data: SourceData): void {
    this.#hash.update(bytesOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    this.#hash = begin(this.#secret);
  }
}

function begin(secret: SourceData | undefined): Hash | Hmac {
  return secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
}

function bytesOf(data: SourceData): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
