import { createServer } from 'node:http';

import { send } from '../lib/application.mjs';
import { corsOptions } from '../lib/policy.mjs';
import { installed, refusing, speak } from '../lib/protocol.mjs';

const { App } = await installed('@tinyhttp/app');
const { cors } = await installed('@tinyhttp/cors');

await speak({
  name: '@tinyhttp/cors',
  package: '@tinyhttp/cors',
  homepage: 'https://github.com/tinyhttp/cors',
  issues: 'https://github.com/tinyhttp/cors/issues',
  async start(policy, application) {
    const app = new App();
    app.use(await refusing(() => cors(corsOptions(policy))));
    app.all('/echo', (request, response) => send(response, application.echo(request.url)));
    app.all('/status/:code', (request, response) => {
      send(response, application.status(request.url, request.params.code));
    });
    app.all('/redirect', (request, response) => send(response, application.redirect(request.url)));
    app.all('/panic', (request) => application.panic(request.url));
    return createServer(app.handler.bind(app));
  },
});
