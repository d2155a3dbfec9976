// This machine's names for itself, as a URL or a Host header has them.

export const loopbackNames: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);
