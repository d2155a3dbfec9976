// Who may call an engine. A way in is made by name, and each of them asks for something: no value
// of this type lets everyone in.

import { Duration, Token } from 'aws-cdk-lib';
import type { IHttpRouteAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  HttpIamAuthorizer,
  HttpJwtAuthorizer,
  HttpLambdaAuthorizer,
  HttpLambdaResponseType,
} from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { environmentNames, type FunctionName, functionNames } from '../../shared/contract.ts';
import { checkRange } from '../ranges.ts';

export interface JwtAuth {
  /** The issuer's URL, https, as the token's `iss` claim spells it. */
  readonly issuer: string;

  /** A token must name one of these as its `aud` (or `client_id`): at least one. */
  readonly audience: readonly string[];

  /** A token must hold one of these, in its `scope` or `scp`, to reach a function: at least one
   * each, as the issuer spells them. `{ produce: ['sluice/write'], fetch: ['sluice/read'],
   * groups: .., subscriptions: .., topics: .. }`. Without a scope an ID token would pass, which
   * says who someone is and not what they may do. */
  readonly scopes: Readonly<Record<FunctionName, readonly string[]>>;

  /** The claim that names the caller to ACLs and logs, as `User:<claim>`. A token without it is
   * refused.
   * @default 'sub' */
  readonly principalClaim?: string;
}

export interface ApiKeyAuth {
  /** How long API Gateway remembers whose a key is, in whole seconds, 0 (it asks each time) to
   * 3600: so long, and half a minute more, a key that was ended may be good yet.
   * @default 60 seconds */
  readonly cacheTtl?: Duration;
}

/** What there is of one way in. */
interface AuthScheme {
  readonly kind: 'iam' | 'jwt' | 'api-keys';
  /** @param authorize of API keys: the function that knows them. */
  readonly authorizer: (authorize: IFunction | undefined) => IHttpRouteAuthorizer;
  readonly scopes?: JwtAuth['scopes'];
  /** Of whoever serves requests. */
  readonly environment?: Readonly<Record<string, string>>;
}

export class Auth {
  /** AWS's own: requests signed with Signature Version 4 by whoever holds `execute-api:Invoke`. */
  static iam(): Auth {
    return new Auth({ kind: 'iam', authorizer: () => new HttpIamAuthorizer() });
  }

  /** JSON Web Tokens of one issuer, signed with RSA.
   * @throws TypeError that names what is missing.
   * Source: API Gateway's "Control access to HTTP APIs with JWT authorizers". */
  static jwt({ issuer, audience, scopes, principalClaim }: JwtAuth): Auth {
    if (!Token.isUnresolved(issuer) && !issuer.startsWith('https://')) {
      throw new TypeError(`issuer is '${issuer}': it must be an https URL`);
    }
    if (audience.length === 0)
      throw new TypeError('audience is empty: a token must be for someone');
    for (const name of functionNames) {
      if (scopes[name].length > 0) continue;
      throw new TypeError(`scopes.${name} is empty: it must hold at least one scope`);
    }
    if (principalClaim === '') throw new TypeError('principalClaim is empty: it must name a claim');
    const jwtAudience = [...audience];
    return new Auth({
      kind: 'jwt',
      authorizer: () => new HttpJwtAuthorizer('Jwt', issuer, { jwtAudience }),
      scopes,
      ...(principalClaim && {
        environment: { [environmentNames.principalClaim]: principalClaim },
      }),
    });
  }

  /** Keys that the engine gives out, as Basic's user and password or as a Bearer token. They are
   * made, rotated and ended by whoever holds `grantManageKeys`, and signs for it: there may be no
   * key yet that could be asked for. A key that API Gateway does not remember, a stranger's too,
   * starts a function of the account: `authorizeConcurrency` bounds how many at once.
   * @throws RangeError that names a prop out of its range. */
  static apiKeys({ cacheTtl = Duration.minutes(1) }: ApiKeyAuth = {}): Auth {
    checkRange('cacheTtl', cacheTtl, { least: 0, most: 3_600, unit: 'seconds' });
    return new Auth({
      kind: 'api-keys',
      authorizer: (authorize) =>
        new HttpLambdaAuthorizer('ApiKeys', authorize as IFunction, {
          authorizerName: 'ApiKeys',
          identitySource: ['$request.header.Authorization'],
          responseTypes: [HttpLambdaResponseType.SIMPLE],
          resultsCacheTtl: cacheTtl,
        }),
    });
  }

  readonly #scheme: AuthScheme;

  private constructor(scheme: AuthScheme) {
    this.#scheme = scheme;
  }

  get kind(): AuthScheme['kind'] {
    return this.#scheme.kind;
  }

  /** What whoever serves requests must know of it. */
  get environment(): Readonly<Record<string, string>> {
    return this.#scheme.environment ?? {};
  }

  /** A new one each time: an authorizer belongs to the API that binds it.
   * @param authorize where the kind is 'api-keys'. */
  authorizer(authorize: IFunction | undefined): IHttpRouteAuthorizer {
    return this.#scheme.authorizer(authorize);
  }

  scopesOf(name: FunctionName): readonly string[] {
    return this.#scheme.scopes?.[name] ?? [];
  }
}
