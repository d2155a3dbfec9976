// The way in: one HTTP API, a route for every line of the contract, an authorizer on each of them.
//
// - A route is given its authorizer where it is made, and Auth has no "none": a route without one
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
  type HttpRouteProps,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, LogGroup, MetricFilter, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import {
  apiKeyRoutes,
  consoleFunctionName,
  consoleRoutes,
  type FunctionName,
  functionNames,
  functionRoutes,
  type Route,
} from '../../shared/contract.ts';
import { metricNamespace } from '../../shared/metric-names.ts';
import type { Console } from '../console.ts';
import type { EngineFunction } from '../engine-function.ts';
import type { ApiKeys } from './api-keys.ts';
import type { Auth } from './auth.ts';

export interface HttpApiProps {
  /** Of the engine whose way in it is. */
  readonly engineName: string;
  readonly auth: Auth;
  /** Where callers are known by them. */
  readonly apiKeys: ApiKeys | undefined;
  /** undefined: it has none. */
  readonly console: Console | undefined;
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
  principal: '$context.authorizer.principal',
  route: '$context.routeKey',
  path: '$context.path',
  api: '$context.apiId',
  status: '$context.status',
  /** Lambda's own answer: what the stage refuses has none. */
  invoked: '$context.integrationStatus',
  bytes: '$context.responseLength',
  millis: '$context.responseLatency',
  refusal: '$context.authorizer.error',
  failure: '$context.integrationErrorMessage',
};

/** As the access log's filter has it. */
const refusals = {
  metric: { namespace: metricNamespace, metricName: 'sluice.api.refusals' },
  dimension: 'ApiId',
} as const;

export class HttpApi extends Construct {
  readonly api: Api;
  readonly apiId: string;
  /** The base URL, without a slash at its end. */
  readonly endpoint: string;

  constructor(scope: Construct, id: string, props: HttpApiProps) {
    super(scope, id);
    const apiName = `Sluice ${props.engineName}`;
    const httpApi = new Api(this, 'Api', { apiName, createDefaultStage: false });
    const { logRetention: retention, removalPolicy } = props;
    const log = new LogGroup(this, 'AccessLog', { retention, removalPolicy });
    this.#countRefusals(log);
    new HttpStage(this, 'Stage', {
      httpApi,
      autoDeploy: true,
      throttle: { rateLimit: props.requestRate, burstLimit: props.requestBurst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(log),
        format: AccessLogFormat.custom(JSON.stringify(logLine)),
      },
    });
    this.api = httpApi;
    this.apiId = httpApi.apiId;
    this.endpoint = httpApi.apiEndpoint;
    this.#addRoutes(httpApi, props);
  }

  /** Requests that were more than the stage, or Lambda, lets through. */
  refusals(options: MetricOptions): Metric {
    const dimensionsMap = { [refusals.dimension]: this.apiId };
    return new Metric({ ...options, ...refusals.metric, dimensionsMap });
  }

  /** API Gateway counts them among all that it answers 4xx. What a topic's quota refuses is the
   * engine's answer, and none of them. */
  #countRefusals(log: LogGroup): void {
    new MetricFilter(this, 'Refusals', {
      logGroup: log,
      filterPattern: FilterPattern.all(
        FilterPattern.stringValue('$.status', '=', '429'),
        FilterPattern.stringValue('$.invoked', '!=', '200'),
      ),
      metricNamespace: refusals.metric.namespace,
      metricName: refusals.metric.metricName,
      metricValue: '1',
      dimensions: { [refusals.dimension]: '$.api' },
    });
  }

  #addRoutes(httpApi: Api, { auth, apiKeys, functions, console: page }: HttpApiProps): void {
    const authorizer = auth.authorizer(apiKeys?.authorize.function);
    for (const name of functionNames) {
      this.#route(httpApi, functionRoutes[name], {
        integration: new HttpLambdaIntegration(name, functions[name].function),
        authorizer,
        authorizationScopes: [...auth.scopesOf(name)],
      });
    }
    if (page !== undefined) {
      this.#route(httpApi, consoleRoutes, {
        integration: new HttpLambdaIntegration(consoleFunctionName, page.function.function),
        authorizer,
        // Whoever may look at topics may have the page that shows them.
        authorizationScopes: [...auth.scopesOf('topics')],
      });
    }
    if (apiKeys === undefined) return;
    // Whoever makes keys may have none.
    this.#route(httpApi, apiKeyRoutes, {
      integration: new HttpLambdaIntegration('keys', apiKeys.keys.function),
      authorizer: new HttpIamAuthorizer(),
    });
  }

  #route(
    httpApi: Api,
    routes: readonly Route[],
    to: Pick<HttpRouteProps, 'integration' | 'authorizer' | 'authorizationScopes'>,
  ): void {
    for (const route of routes) {
      const [method, path] = route.split(' ') as [HttpMethod, string];
      new HttpRoute(this, route, { httpApi, routeKey: HttpRouteKey.with(path, method), ...to });
    }
  }
}
