// What a stack may have made in the engine itself, by a custom resource: topics, and subscriptions,
// which go with it.
//
// The library's framework speaks to CloudFormation, and asks the function; its role is written out
// here like those of the others.

import { CustomResource, Duration, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { type ProvisionedTopic, provisionProperties } from '../shared/contract.ts';
import { acknowledgeWildcards, findings, wildcards } from './acknowledged.ts';
import { EngineFunction } from './engine-function.ts';
import type { EngineParts } from './engine-parts.ts';
import type { WakeUpQueues } from './triggers/wake-up-queues.ts';

/** A topic of a thousand partitions takes seconds. */
const timeout = Duration.minutes(5);

export interface ProvisionerProps extends EngineParts {
  readonly wakeUps: WakeUpQueues;
}

export class Provisioner extends Construct {
  readonly #serviceToken: string;

  constructor(scope: Construct, id: string, props: ProvisionerProps) {
    super(scope, id);
    const { table, segments, settings, wakeUps } = props;
    const provision = new EngineFunction(this, { ...settings, name: 'provision', timeout });
    table.grant(provision, 'provision');
    // Where a time is in a topic, its records tell.
    segments.grantGet(provision);
    wakeUps.grantWake(provision);

    const { logRetention: retention, removalPolicy } = settings;
    const logGroup = new LogGroup(this, 'FrameworkLog', { retention, removalPolicy });
    const role = new Role(this, 'FrameworkRole', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    const actions = ['logs:CreateLogStream', 'logs:PutLogEvents'];
    role.addToPolicy(new PolicyStatement({ actions, resources: [logGroup.logGroupArn] }));
    const provider = new Provider(this, 'Provider', {
      onEventHandler: provision.function,
      frameworkOnEventRole: role,
      logGroup,
    });
    const { callersWaitOrComeAgain, frameworkMemory, frameworkUntraced } = findings;
    Validations.of(provider).acknowledge(
      callersWaitOrComeAgain,
      frameworkMemory,
      frameworkUntraced,
    );
    const versions = `${provision.function.functionArn}:*`;
    acknowledgeWildcards(role, [versions], wildcards.frameworkVersions);
    this.#serviceToken = provider.serviceToken;
  }

  /** One topic that is to be so. @param body of POST /v3/clusters/{cluster}/topics. */
  topic(scope: Construct, id: string, body: object): CustomResource {
    return this.#resource(scope, id, 'Custom::SluiceOwnTopic', {
      [provisionProperties.topic]: Stack.of(scope).toJsonString(body),
    });
  }

  /** Topics that are there once the resource is, and that are left behind. */
  topics(scope: Construct, id: string, topics: readonly ProvisionedTopic[]): CustomResource {
    return this.#resource(scope, id, 'Custom::SluiceTopic', {
      [provisionProperties.topics]: Stack.of(scope).toJsonString(topics),
    });
  }

  /** @param subscription a body of POST /subscriptions. @param topics that it needs. */
  subscription(
    scope: Construct,
    id: string,
    { subscription, topics }: { subscription: object; topics: readonly ProvisionedTopic[] },
  ): CustomResource {
    const stack = Stack.of(scope);
    return this.#resource(scope, id, 'Custom::SluiceSubscription', {
      [provisionProperties.topics]: stack.toJsonString(topics),
      [provisionProperties.subscription]: stack.toJsonString(subscription),
    });
  }

  #resource(
    scope: Construct,
    id: string,
    resourceType: string,
    properties: Readonly<Record<string, string>>,
  ): CustomResource {
    return new CustomResource(scope, id, {
      serviceToken: this.#serviceToken,
      serviceTimeout: timeout.plus(timeout),
      resourceType,
      properties,
    });
  }
}
