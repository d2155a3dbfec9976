// The console's files as they are served, the same by an embedded engine and by a stack. What is
// asked for is looked up among the files that there are, by its whole path: no path is ever made of
// a request, so none leads anywhere else.
//
// The page holds what others have sent, records, and credentials: so it may load and ask nothing
// but its own server, and nothing may hold it in a frame.
// Source: W3C, "Content Security Policy Level 3".

export type ConsoleFile = {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly gzipped: Uint8Array<ArrayBuffer>;
};

/** By path, as it stands behind the base URL: `console/index-4f2a.js`. The page itself is
 * `index.html`, and is served as `console`. */
export type ConsoleFiles = ReadonlyMap<string, ConsoleFile>;

export type ConsoleAnswer = {
  readonly status: 200 | 308 | 404;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
};

const page = 'index.html';
const pagePath = '/console';

/** By the end of a name; others are not served. */
const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
};

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const guards = {
  'Content-Security-Policy': policy,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
} as const;

export type Asked = {
  /** Of the URL, below the base. */
  readonly path: string;
  /** The header. */
  readonly acceptEncoding: string | undefined;
};

/** @param files empty where nobody has built the console: then the answer says how. */
export function answerConsole(
  files: ConsoleFiles,
  { path, acceptEncoding = '' }: Asked,
): ConsoleAnswer {
  if (!files.has(page)) return text(404, 'The console is not built: `npm run console` does it.\n');
  // What the page names is relative to a path without a slash at its end.
  if (path === `${pagePath}/`) return text(308, '', { Location: '../console' });
  const name = path === pagePath ? page : path.slice(1);
  const file = path === `/${page}` ? undefined : files.get(name);
  const type = types[name.split('.').at(-1) ?? ''];
  if (file === undefined || type === undefined) return text(404, 'There is no such file.\n');
  const isGzipped = /\bgzip\b/.test(acceptEncoding);
  return {
    status: 200,
    headers: {
      'Content-Type': type,
      // Names of all others are of what is in them.
      'Cache-Control': name === page ? 'no-cache' : 'private, max-age=31536000, immutable',
      Vary: 'Accept-Encoding',
      ...(isGzipped && { 'Content-Encoding': 'gzip' }),
      ...guards,
    },
    body: isGzipped ? file.gzipped : file.bytes,
  };
}

function text(
  status: ConsoleAnswer['status'],
  body: string,
  more: Readonly<Record<string, string>> = {},
): ConsoleAnswer {
  const type = { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-cache' };
  return { status, headers: { ...type, ...guards, ...more }, body: new TextEncoder().encode(body) };
}
