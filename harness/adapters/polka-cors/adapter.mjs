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
  async start(policy, application) {
    const app = polka();
    app.use(await refusing(() => cors(corsOptions(policy))));
    app.all('/echo', (request, response) => send(response, application.echo(request.url)));
    app.all('/status/:code', (request, response) => {
      send(response, application.status(request.url, request.params.code));
    });
    app.all('/redirect', (request, response) => send(response, application.redirect(request.url)));
    app.all('/panic', (request) => application.panic(request.url));
    return createServer(app.handler);
  },
});
