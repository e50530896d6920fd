// Vite's development server. Where nobody is listed it is left as it comes.

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { send } from '../../../adapters/lib/application.mjs';
import { corsOptions } from '../../../adapters/lib/policy.mjs';
import { installed, speak } from '../../../adapters/lib/protocol.mjs';

const { createServer } = await installed('vite');
const ROUTES = 'the development server has pages, not handlers';

await speak({
  name: 'Vite',
  package: 'vite',
  homepage: 'https://vite.dev/config/server-options.html#server-cors',
  issues: 'https://github.com/vitejs/vite/issues',
  unsupported: { 'routes.status': ROUTES, 'routes.redirect': ROUTES, 'routes.panic': ROUTES },
  async start(policy, application, host) {
    const nobody = policy.origins.length === 0;
    const server = await createServer({
      root: mkdtempSync(join(tmpdir(), 'crosscheck-')),
      configFile: false,
      appType: 'custom',
      logLevel: 'silent',
      optimizeDeps: { noDiscovery: true },
      plugins: [{ name: 'echo', configureServer: (server) => answer(server, application) }],
      server: { host, hmr: false, watch: null, allowedHosts: true, ...(nobody ? {} : { cors: corsOptions(policy) }) },
    });
    await server.listen(0);
    return server.httpServer;
  },
});

/** Adds the application behind Vite's own middlewares, among them CORS. */
function answer(server, application) {
  return () => server.middlewares.use((request, response, next) => {
    if (request.originalUrl.split('?')[0] !== '/echo') return next();
    return send(response, application.echo(request.originalUrl));
  });
}
