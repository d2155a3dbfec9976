// What API Gateway tells of a caller who has signed his request.

/** Of an event's `requestContext`. */
export const signed = {
  authorizer: { iam: { userArn: 'arn:aws:iam::123456789012:user/tester' } },
};
