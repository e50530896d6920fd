import { createServer } from 'node:http';

import { send } from '../lib/application.mjs';
import { maxAge, methods, originOrOrigins } from '../lib/policy.mjs';
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
    app.use(await refusing(() => cors(options(policy))));
    app.all('/echo', (request, response) => send(response, application.echo(request.url)));
    app.all('/status/:code', (request, response) => {
      send(response, application.status(request.url, request.params.code));
    });
    app.all('/redirect', (request, response) => send(response, application.redirect(request.url)));
    app.all('/panic', (request) => application.panic(request.url));
    return createServer(app.handler.bind(app));
  },
});

function options(policy) {
  const { credentials, request_headers, response_headers } = policy;
  return {
    origin: origin(policy),
    methods: [methods(policy)].flat(),
    allowedHeaders: [request_headers].flat(),
    exposedHeaders: response_headers.length ? [response_headers].flat() : undefined,
    credentials,
    maxAge: maxAge(policy),
  };
}

/** A list holds strings only; where there is a pattern, all is one pattern. */
function origin(policy) {
  const plain = originOrOrigins(policy);
  if (typeof plain === 'string' || plain.every((item) => typeof item === 'string')) return plain;
  const source = (item) => item.source ?? `^${item.replace(/[.]/g, '\\.')}$`;
  return new RegExp(plain.map(source).join('|'));
}
