import { createServer } from 'node:http';

import { send } from '../lib/application.mjs';
import { corsOptions } from '../lib/policy.mjs';
import { installed, refusing, speak } from '../lib/protocol.mjs';

const { default: polka } = await installed('polka');
const { default: cors } = await installed('cors');

await speak({
  name: 'cors (Polka)',
  package: 'cors',
  homepage: 'https://github.com/expressjs/cors',
  issues: 'https://github.com/expressjs/cors/issues',
  unsupported: {
    'routes.panic': 'nothing catches what a handler throws, so the process ends',
  },
  async start(policy, application) {
    const app = polka();
    app.use(await refusing(() => cors(corsOptions(policy))));
    app.all('/echo', (request, response) => send(response, application.echo(request.url)));
    app.all('/status/:code', (request, response) => {
      send(response, application.status(request.url, request.params.code));
    });
    app.all('/redirect', (request, response) => send(response, application.redirect(request.url)));
    return createServer(app.handler);
  },
});
