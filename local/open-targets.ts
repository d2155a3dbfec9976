// What subscriptions of an embedded engine deliver to: functions that are modules of this machine,
// endpoints on the internet, and the queues of an account or an emulator, if one was named.

import type { Clock } from '../shared/engine/environment.ts';
import type { Targets } from '../shared/ports/targets.ts';
import { isPublicAddress } from '../shared/webhook/addresses.ts';
import { endpointPost } from '../shared/webhook/endpoint.ts';
import { webhookPoster } from '../shared/webhook/post.ts';
import { hostResolver } from '../shared/webhook/resolve-host.ts';
import { loadFunctions, moduleInvoke } from './function-modules.ts';
import type { TriggerOptions } from './trigger-options.ts';

/** @throws Error when a function's module cannot be loaded. */
export async function openTargets(
  { functions, sqsEndpoint }: TriggerOptions,
  clock: Clock,
): Promise<Targets> {
  const resolve = hostResolver({ clock });
  const post = webhookPoster({ resolve, allows: isPublicAddress, clock });
  return {
    invoke: moduleInvoke(await loadFunctions(functions), clock),
    post: endpointPost({ post, now: clock.now }),
    send: sqsEndpoint === undefined ? noQueues : await openQueues(sqsEndpoint),
  };
}

const noQueues: Targets['send'] = async () => ({
  kind: 'failed',
  reason: 'this engine was started without --sqs-endpoint',
});

/** Only who asks for them pays for the SDK. */
async function openQueues(endpoint: string): Promise<Targets['send']> {
  const [{ sqsClient }, { sqsSend }, { clientOptions }] = await Promise.all([
    import('../shared/aws/trigger-clients.ts'),
    import('../shared/aws/sqs-send.ts'),
    import('./open-aws-stores.ts'),
  ]);
  return sqsSend({ client: sqsClient(clientOptions(endpoint)) });
}
