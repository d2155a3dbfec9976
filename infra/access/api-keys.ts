// What an engine has besides where callers are known by API keys:
//
//     caller ──key──> HTTP API ── authorize ── says whose it is
//     administrator ──SigV4──> HTTP API ── keys ── makes, rotates and ends them

import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { EngineFunction } from '../engine-function.ts';
import type { EngineParts } from '../engine-parts.ts';

/** API Gateway waits ten seconds for an authorizer.
 * Source: its "Quotas for configuring and running an HTTP API". */
const authorizeTimeout = Duration.seconds(10);

export class ApiKeys extends Construct {
  readonly authorize: EngineFunction;
  readonly keys: EngineFunction;

  constructor(scope: Construct, id: string, { table, settings }: EngineParts) {
    super(scope, id);
    const timeout = authorizeTimeout;
    const { authorizeConcurrency: reservedConcurrency } = settings;
    const authorize = { name: 'authorize', timeout, reservedConcurrency } as const;
    this.authorize = new EngineFunction(this, { ...settings, ...authorize });
    table.grant(this.authorize, 'authorize');
    this.keys = new EngineFunction(this, { ...settings, name: 'keys' });
    table.grant(this.keys, 'keys');
  }
}
