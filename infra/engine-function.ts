// One function of the engine: a handler of functions/, bundled, with a role and a log of its own.
//
// The role may write its log and nothing else, until a store grants itself. It is written out,
// action by action: the library's own grants are wider than what is done.

import { fileURLToPath } from 'node:url';
import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  LoggingFormat,
  type RecursiveLoop,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { FunctionName, TriggerFunctionName } from '../shared/contract.ts';
import { bundling } from './bundling.ts';

export interface EngineFunctionProps {
  /** The file of functions/ that holds the handler. Capitalized, the construct's id. */
  readonly name: FunctionName | TriggerFunctionName;
  /** MB. */
  readonly memorySize: number;
  readonly timeout: Duration;
  /** @default none: what the account has free */
  readonly reservedConcurrency?: number;
  /** Of one whose work leads to more of it by design.
   * @default Lambda ends a loop when it finds one */
  readonly recursiveLoop?: RecursiveLoop;
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
}

export interface Permission {
  readonly actions: string[];
  readonly resources: string[];
  /** By operator. @default none */
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const projectFile = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

export class EngineFunction extends Construct {
  readonly function: NodejsFunction;

  constructor(scope: Construct, props: EngineFunctionProps) {
    super(scope, props.name.charAt(0).toUpperCase() + props.name.slice(1));
    const { logRetention: retention, name, removalPolicy } = props;
    const logGroup = new LogGroup(this, 'Log', { retention, removalPolicy });
    this.function = new NodejsFunction(this, 'Function', {
      description: `Sluice: ${name}`,
      entry: projectFile(`functions/${name}.ts`),
      projectRoot: projectFile(''),
      depsLockFilePath: projectFile('package-lock.json'),
      bundling,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      role: new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }),
      memorySize: props.memorySize,
      timeout: props.timeout,
      reservedConcurrentExecutions: props.reservedConcurrency,
      recursiveLoop: props.recursiveLoop,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      // Lambda's own three lines an invocation would cost more than the invocation.
      systemLogLevelV2: SystemLogLevel.WARN,
      awsSdkConnectionReuse: false,
    });
    this.allow([
      { actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [logGroup.logGroupArn] },
    ]);
  }

  /** What a function may do and how it is told where: one call, so that neither is forgotten. */
  allow(
    permissions: readonly Permission[],
    environment: Readonly<Record<string, string>> = {},
  ): void {
    for (const permission of permissions) {
      this.function.addToRolePolicy(new PolicyStatement(permission));
    }
    for (const [name, value] of Object.entries(environment)) {
      this.function.addEnvironment(name, value);
    }
  }
}
