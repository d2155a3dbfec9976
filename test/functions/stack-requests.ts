// What CloudFormation says with everything that it asks of the provisioner.

/** @param resource its logical id and its type. */
export function requestOf<Name extends string>(resource: {
  readonly LogicalResourceId: string;
  readonly ResourceType: Name;
}) {
  return {
    ServiceToken: 'arn:aws:lambda:eu-central-1:123456789012:function:provider',
    ResponseURL: '...',
    StackId: 'arn:aws:cloudformation:eu-central-1:123456789012:stack/shop/1',
    RequestId: '15f1b1d0',
    ...resource,
  };
}
