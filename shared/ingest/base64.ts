// Base64 as AWS writes it: RFC 4648's alphabet, padded, in its one canonical form. Node's decoder
// skips what it does not know, so a damaged value would be stored as another one; encoding again
// shows it.

/** @returns undefined: the text is not base64. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
