// What the bundles of functions have in the place of the SDK's search for credentials: Lambda puts
// a role's own into the environment, and an environment ends before they do. They are read for
// every call.
//
// Only the functions are bundled so: the embedded engine over an account searches as the SDK does.
// Source: the AWS Lambda Developer Guide, "Defined runtime environment variables".

export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';
