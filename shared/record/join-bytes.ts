// Many stretches of bytes as one. They are copied only if they do not lie end to end in memory
// already, as the batches of one append do.

/** No parts are no bytes. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  if (first === undefined || !lieEndToEnd(parts)) return Buffer.concat(parts);
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return new Uint8Array(first.buffer, first.byteOffset, length);
}

function lieEndToEnd(parts: readonly Uint8Array[]): boolean {
  return parts.every((part, index) => {
    const before = parts[index - 1];
    return (
      before === undefined ||
      (before.buffer === part.buffer && before.byteOffset + before.length === part.byteOffset)
    );
  });
}
