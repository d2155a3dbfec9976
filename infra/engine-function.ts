// One function of the engine: a handler of functions/, bundled, with a role and a log of its own.
//
// The role may write its log and nothing else, until a store grants itself. It is written out,
// action by action: the library's own grants are wider than what is done.

import { type Duration, type RemovalPolicy, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Function as LambdaFunction,
  LoggingFormat,
  type RecursiveLoop,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { environmentNames, type HandlerName } from '../shared/contract.ts';
import { acknowledgeWildcards, findings, type Wildcard, wildcards } from './acknowledged.ts';
import { functionCode } from './function-code.ts';

export interface EngineFunctionProps {
  /** Whose it is. */
  readonly engineName: string;
  /** The file of functions/ that holds the handler. Capitalized, the construct's id. */
  readonly name: HandlerName;
  /** MB. */
  readonly memorySize: number;
  readonly timeout: Duration;
  /** @default none: what the account has free */
  readonly reservedConcurrency?: number;
  /** Of one whose work leads to more of it by design.
   * @default Lambda ends a loop when it finds one */
  readonly recursiveLoop?: RecursiveLoop;
  readonly tracing: Tracing;
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
}

export interface Permission {
  readonly actions: string[];
  readonly resources: string[];
  /** Why one of them has a wildcard. @default none has */
  readonly wildcard?: Wildcard;
  /** By operator. @default none */
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export class EngineFunction extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, props: EngineFunctionProps) {
    super(scope, props.name.charAt(0).toUpperCase() + props.name.slice(1));
    const { engineName, logRetention: retention, name, removalPolicy } = props;
    const logGroup = new LogGroup(this, 'Log', { retention, removalPolicy });
    this.function = new LambdaFunction(this, 'Function', {
      description: `Sluice: ${name} of ${engineName}`,
      code: functionCode(name),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      role: new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }),
      memorySize: props.memorySize,
      timeout: props.timeout,
      reservedConcurrentExecutions: props.reservedConcurrency,
      recursiveLoop: props.recursiveLoop,
      // The library lets the role send them.
      tracing: props.tracing,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      // Lambda's own three lines an invocation would cost more than the invocation.
      systemLogLevelV2: SystemLogLevel.WARN,
    });
    Validations.of(this).acknowledge(findings.callersWaitOrComeAgain);
    if (props.tracing !== Tracing.DISABLED) acknowledgeWildcards(this, ['*'], wildcards.traces);
    const actions = ['logs:CreateLogStream', 'logs:PutLogEvents'];
    this.allow([{ actions, resources: [logGroup.logGroupArn] }], {
      [environmentNames.engineName]: engineName,
    });
  }

  /** What a function may do and how it is told where: one call, so that neither is forgotten. */
  allow(
    permissions: readonly Permission[],
    environment: Readonly<Record<string, string>> = {},
  ): void {
    for (const { wildcard, ...statement } of permissions) {
      this.function.addToRolePolicy(new PolicyStatement(statement));
      if (wildcard) acknowledgeWildcards(this, statement.resources, wildcard);
    }
    for (const [name, value] of Object.entries(environment)) {
      this.function.addEnvironment(name, value);
    }
  }
}
