// GET /console: a web page to look after the engine with. It is the same for everyone and holds
// nothing of theirs, so it is given to whoever asks; what it shows, it asks of the API, as whom its
// reader says that he is.

import type { Exchange, RouteGroup } from '../shared/api/exchange.ts';
import { answerConsole, type ConsoleFiles } from '../shared/console/console-files.ts';

export function consoleRoutes(files: ConsoleFiles): RouteGroup {
  const serve = (exchange: Exchange) => {
    exchange.access.needNothing();
    const { req } = exchange.context;
    const acceptEncoding = req.header('Accept-Encoding');
    // Hono's own path has lost a slash at its end.
    const path = new URL(req.url).pathname;
    const { body, ...said } = answerConsole(files, { path, acceptEncoding });
    return new Response(body, said);
  };
  return { 'GET /console': serve, 'GET /console/:file': serve };
}
