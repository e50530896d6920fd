import { createServer } from 'node:http';

import { send } from '../lib/application.mjs';
import { corsOptions } from '../lib/policy.mjs';
import { installed, refusing, speak } from '../lib/protocol.mjs';

const { default: express } = await installed('express');
const { default: cors } = await installed('cors');

await speak({
  name: 'cors (Express)',
  package: 'cors',
  homepage: 'https://github.com/expressjs/cors',
  issues: 'https://github.com/expressjs/cors/issues',
  async start(policy, application) {
    const app = express();
    app.use(await refusing(() => cors(corsOptions(policy))));
    app.all('/echo', (request, response) => send(response, application.echo(request.url)));
    app.all('/status/:code', (request, response) => {
      send(response, application.status(request.url, request.params.code));
    });
    app.all('/redirect', (request, response) => send(response, application.redirect(request.url)));
    app.all('/panic', (request) => application.panic(request.url));
    return createServer(app);
  },
});
