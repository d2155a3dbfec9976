// Who may call an engine. A way in is made by name, and each of them asks for something: no value
// of this type lets everyone in.

import { Token } from 'aws-cdk-lib';
import type { IHttpRouteAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer, HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { type FunctionName, functionNames } from '../shared/contract.ts';

export interface JwtAccess {
  /** The issuer's URL, https, as the token's `iss` claim spells it. */
  readonly issuer: string;

  /** A token must name one of these as its `aud` (or `client_id`): at least one. */
  readonly audience: readonly string[];

  /** A token must hold one of these scopes to reach a function: at least one each. Without a scope
   * an ID token would pass, which says who someone is and not what they may do. */
  readonly scopes: Readonly<Record<FunctionName, readonly string[]>>;
}

export class Access {
  /** AWS's own: requests signed with Signature Version 4 by whoever holds `execute-api:Invoke`. */
  static iam(): Access {
    return new Access('iam', () => new HttpIamAuthorizer(), undefined);
  }

  /** JSON Web Tokens of one issuer, signed with RSA.
   * @throws TypeError that names what is missing.
   * Source: API Gateway's "Control access to HTTP APIs with JWT authorizers". */
  static jwt({ issuer, audience, scopes }: JwtAccess): Access {
    if (!Token.isUnresolved(issuer) && !issuer.startsWith('https://')) {
      throw new TypeError(`issuer is '${issuer}': it must be an https URL`);
    }
    if (audience.length === 0)
      throw new TypeError('audience is empty: a token must be for someone');
    for (const name of functionNames) {
      if (scopes[name].length > 0) continue;
      throw new TypeError(`scopes.${name} is empty: it must hold at least one scope`);
    }
    const jwtAudience = [...audience];
    return new Access('jwt', () => new HttpJwtAuthorizer('Jwt', issuer, { jwtAudience }), scopes);
  }

  readonly kind: 'iam' | 'jwt';
  readonly #scopes: JwtAccess['scopes'] | undefined;
  readonly #authorizer: () => IHttpRouteAuthorizer;

  private constructor(
    kind: 'iam' | 'jwt',
    authorizer: () => IHttpRouteAuthorizer,
    scopes: JwtAccess['scopes'] | undefined,
  ) {
    this.kind = kind;
    this.#authorizer = authorizer;
    this.#scopes = scopes;
  }

  /** A new one each time: an authorizer belongs to the API that binds it. */
  authorizer(): IHttpRouteAuthorizer {
    return this.#authorizer();
  }

  scopesOf(name: FunctionName): readonly string[] {
    return this.#scopes?.[name] ?? [];
  }
}
