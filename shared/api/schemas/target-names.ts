// What may name a Lambda function or an SQS queue. This tells a caller early what could be neither;
// whether there is one is seen when it is delivered to.
// Sources: the AWS Lambda API Reference, "Invoke", on FunctionName; the Amazon SQS Developer Guide,
// "Queue and message identifiers".

/** Of a name, or an ARN, with the version or the alias behind it. */
export const functionNameLengthMax = 170;

const name = String.raw`[\w-]{1,64}(:(\$LATEST|[\w-]{1,128}))?`;
const nameForm = new RegExp(`^${name}$`);
const arnForm = new RegExp(String.raw`^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:${name}$`);

/** What is wrong with a function's name, as the end of a sentence; undefined: nothing. */
export function functionNameFault(text: string): string | undefined {
  if (nameForm.test(text) || arnForm.test(text)) return undefined;
  return 'must be the name or the ARN of a Lambda function';
}

/** Longer than AWS makes them. */
export const queueUrlLengthMax = 2_048;

/** As URL writes the names of this machine. */
const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** What is wrong with a queue's URL, as the end of a sentence; undefined: nothing. Without TLS it
 * may be an emulator's. What is sent goes to the region's endpoint, whatever host the URL names. */
export function queueUrlFault(text: string): string | undefined {
  // The standard's reader skips tabs and line ends, and forgives a missing or a third slash.
  if (!/^https?:\/\/[^/\\]/i.test(text)) return 'must begin with https:// and a host';
  if (!/^[!-~]*$/.test(text)) return 'must be made of visible ASCII characters';
  if (/[?#]/.test(text)) return 'must end with its path';
  if (!URL.canParse(text)) return 'must be a URL';
  const { protocol, hostname, pathname, username, password } = new URL(text);
  if (protocol === 'http:' && !loopback.test(hostname)) return 'must begin with https://';
  if (username !== '' || password !== '') return 'must not have credentials';
  return pathname === '/' ? 'must have a path that names the queue' : undefined;
}
