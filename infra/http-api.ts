// The way in: one HTTP API, a route for every line of the contract, an authorizer on each of them.
//
// - A route is given its authorizer where it is made, and Access has no "none": a route without one
//   cannot be written here.
// - The stage throttles, since an HTTP API carries no web application firewall.
// - The access log names who called which route and how it ended; no header, query or body.

import type { RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  HttpApi as Api,
  type HttpMethod,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type FunctionName, functionNames, functionRoutes } from '../shared/contract.ts';
import type { Access } from './access.ts';
import type { EngineFunction } from './engine-function.ts';

export interface HttpApiProps {
  readonly access: Access;
  readonly functions: Readonly<Record<FunctionName, EngineFunction>>;
  /** Requests a second. */
  readonly requestRate: number;
  /** Requests at once beyond the rate. */
  readonly requestBurst: number;
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
}

const logLine = {
  time: '$context.requestTime',
  requestId: '$context.requestId',
  caller: '$context.identity.userArn',
  subject: '$context.authorizer.claims.sub',
  route: '$context.routeKey',
  path: '$context.path',
  status: '$context.status',
  bytes: '$context.responseLength',
  millis: '$context.responseLatency',
  refusal: '$context.authorizer.error',
  failure: '$context.integrationErrorMessage',
};

export class HttpApi extends Construct {
  readonly apiId: string;
  /** The base URL, without a slash at its end. */
  readonly endpoint: string;

  constructor(scope: Construct, id: string, props: HttpApiProps) {
    super(scope, id);
    const httpApi = new Api(this, 'Api', { apiName: 'Sluice', createDefaultStage: false });
    const { logRetention: retention, removalPolicy } = props;
    new HttpStage(this, 'Stage', {
      httpApi,
      autoDeploy: true,
      throttle: { rateLimit: props.requestRate, burstLimit: props.requestBurst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(
          new LogGroup(this, 'AccessLog', { retention, removalPolicy }),
        ),
        format: AccessLogFormat.custom(JSON.stringify(logLine)),
      },
    });
    this.apiId = httpApi.apiId;
    this.endpoint = httpApi.apiEndpoint;
    this.#addRoutes(httpApi, props);
  }

  #addRoutes(httpApi: Api, { access, functions }: HttpApiProps): void {
    const authorizer = access.authorizer();
    for (const name of functionNames) {
      const integration = new HttpLambdaIntegration(name, functions[name].function);
      for (const route of functionRoutes[name]) {
        const [method, path] = route.split(' ') as [HttpMethod, string];
        new HttpRoute(this, route, {
          httpApi,
          routeKey: HttpRouteKey.with(path, method),
          integration,
          authorizer,
          authorizationScopes: [...access.scopesOf(name)],
        });
      }
    }
  }
}
