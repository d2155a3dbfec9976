// To whom a subscription delivers. A target is made by name, and knows what whoever delivers must
// be let to do to reach it, and that alone.

import { Names, type SecretValue, Stack, Token } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { EngineFunction } from '../engine-function.ts';

export interface EndpointProps {
  /** What deliveries are signed with, as Standard Webhooks has it: a reference to a secret of
   * Secrets Manager whose text is `whsec_` and 24 to 64 bytes in base64. It is in no template;
   * CloudFormation looks it up for the engine, when the subscription is made and when the reference
   * changes, not when the secret does.
   * @default one that the engine draws, and shows to nobody: POST
   *   /subscriptions/{subscription}/rotate-secret draws another and says it, or takes yours; the
   *   old one goes on signing beside it */
  readonly secret?: SecretValue;
}

export class DeliveryTarget {
  /** A Lambda function, a version or an alias, called and waited for, with the event of Lambda's
   * own Kafka source (SelfManagedKafka). Its timeout should be below the delivery's. */
  static function(fn: IFunction): DeliveryTarget {
    return new DeliveryTarget({
      id: Names.nodeUniqueId(fn.node),
      body: () => ({ type: 'lambda', function: fn.functionArn }),
      allow: (worker) => {
        worker.allow([{ actions: ['lambda:InvokeFunction'], resources: [fn.functionArn] }]);
      },
    });
  }

  /** An SQS queue: a message a record. In a FIFO queue each partition is a message group. */
  static queue(queue: IQueue): DeliveryTarget {
    return new DeliveryTarget({
      id: Names.nodeUniqueId(queue.node),
      body: () => ({ type: 'sqs', queue_url: queue.queueUrl }),
      allow: (worker) => {
        worker.allow([{ actions: ['sqs:SendMessage'], resources: [queue.queueArn] }]);
        queue.encryptionMasterKey?.grant(worker.function, 'kms:GenerateDataKey', 'kms:Decrypt');
      },
    });
  }

  /** Whoever answers that URL: a POST a delivery, signed.
   * @param url https, of a host whose addresses are public.
   * @throws TypeError when it is none, or the secret would be in the template. */
  static endpoint(url: string, { secret }: EndpointProps = {}): DeliveryTarget {
    const isUrl = URL.canParse(url) && url.startsWith('https://');
    if (!Token.isUnresolved(url) && !isUrl) {
      throw new TypeError(`url is '${url}': it must be an https URL`);
    }
    return new DeliveryTarget({
      id: Token.isUnresolved(url) ? 'Endpoint' : new URL(url).hostname,
      body: (scope) => ({
        type: 'https',
        url,
        ...(secret && { secret: referenceTo(secret, scope) }),
      }),
      allow: () => undefined,
    });
  }

  /** Tells it from others of one stack. */
  readonly id: string;
  /** As POST /subscriptions has it. */
  readonly body: (scope: Construct) => object;
  readonly allow: (worker: EngineFunction) => void;

  private constructor(parts: Pick<DeliveryTarget, 'id' | 'body' | 'allow'>) {
    this.id = parts.id;
    this.body = parts.body;
    this.allow = parts.allow;
  }
}

/** Anybody who may read a template may read what is in it. */
function referenceTo(secret: SecretValue, scope: Construct): string {
  const text = secret.unsafeUnwrap();
  if (JSON.stringify(Stack.of(scope).resolve(text)).includes('{{resolve:secretsmanager:')) {
    return text;
  }
  throw new TypeError('secret is no reference to Secrets Manager: it must be one');
}
