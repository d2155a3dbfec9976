// Bytes as the text that they are in UTF-8.

/** What is no UTF-8 becomes U+FFFD: who must know asks isUtf8. The bytes are not copied first. */
export function decodeUtf8(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
