// What speaks to an engine: the client, as whom a profile says.

import { type Auth, apiKey, bearer } from '../client/auth.ts';
import { sigV4 } from '../client/auth-sigv4.ts';
import { Connection } from '../client/connection.ts';
import { answered } from '../client/errors.ts';
import { type Host, realHost } from '../client/host.ts';
import type { LogCreator } from '../client/logger.ts';
import { connectionSettings, type SluiceOptions } from '../client/options.ts';
import { Sluice } from '../client/sluice.ts';
import type { Engine } from './profiles/engine.ts';
import type { Wiring } from './terminal.ts';

export function clientOptions({ url, auth }: Engine): SluiceOptions {
  const found = authOf(auth);
  return { url, clientId: 'sluice-cli', retry, ...(found !== undefined && { auth: found }) };
}

/** Somebody waits: what does not mend itself within a second or two is for him to know. */
const retry = { initialRetryTime: 200, retries: 3 } as const;

/** What the engine may ask to wait before the same is asked again. */
const patienceMillisMax = 5_000;

/** For whom somebody waits: what is to be asked again in an hour is not waited for, but told. */
export function impatient(host: Host): Host {
  return {
    ...host,
    fetch: async (url, init) => {
      const response = await host.fetch(url, init);
      const retryAfterMillis = 1_000 * Number(response.headers.get('retry-after') ?? 0);
      if (response.ok || !(retryAfterMillis > patienceMillisMax)) return response;
      const { status } = response;
      const { error_code: code = status, message = `HTTP ${status}` } = sayingIn(
        await response.bytes(),
      );
      throw answered(code, message, { status, retryAfterMillis }).as({ retriable: false });
    },
  };
}

/** What a gateway before the engine answers may be no JSON. */
function sayingIn(bytes: Uint8Array): { readonly error_code?: number; readonly message?: string } {
  try {
    return Object(JSON.parse(Buffer.from(bytes).toString()));
  } catch {
    return {};
  }
}

function authOf(auth: Engine['auth']): Auth | undefined {
  switch (auth.kind) {
    case 'none':
      return undefined;
    case 'iam':
      return sigV4(auth.region === undefined ? {} : { region: auth.region });
    case 'key':
      return apiKey(auth.secret);
    case 'token':
      return bearer(auth.secret);
  }
}

/** What the client has to say is said as all else is: in a line, on standard error. */
const logCreator: LogCreator = () => {
  return ({ log }) => realHost.log(`sluice: ${log.message}`);
};

const clientHost = impatient(realHost);

export const wiring: Wiring = {
  host: realHost,
  newClient: (engine) => new Sluice({ ...clientOptions(engine), logCreator }, clientHost),
  newConnection: (engine) => new Connection(connectionSettings(clientOptions(engine)), clientHost),
};
