// hapi before 17, with CORS configured for the connection and for the route as well. The argument
// names the level that has the policy: `route` (the connection permits everybody) or `connection`
// (the route only adds a setting of its own).

import os from 'node:os';

import { maxAge, originOrOrigins } from '../../../adapters/lib/policy.mjs';
import { installed, speak } from '../../../adapters/lib/protocol.mjs';

// As the function was called when this hapi was made.
os.tmpDir = os.tmpdir;
const { default: Hapi } = await installed('hapi');
const level = process.argv[2];
const ROUTES = 'only one path is judged';

await speak({
  name: 'hapi, CORS at two levels',
  package: 'hapi',
  homepage: 'https://hapi.dev/',
  issues: 'https://github.com/hapijs/hapi/issues',
  unsupported: {
    'origins.subdomains': 'origins have wildcards only',
    'origins.any': ROUTES,
    'methods.any': 'a route is allowed with its own methods',
    'request-headers.any': '`headers` is a list',
    'response-headers.any': '`exposedHeaders` is a list',
    'routes.status': ROUTES,
    'routes.redirect': ROUTES,
    'routes.panic': ROUTES,
  },
  async start(policy, application, host) {
    const server = new Hapi.Server();
    const restricted = policy.origins.length ? options(policy) : false;
    const connection = level === 'route' ? true : restricted;
    server.connection({ host, port: 0, routes: { cors: connection } });
    server.route({
      method: '*',
      path: '/echo',
      config: {
        cors: level === 'route' ? restricted : { additionalExposedHeaders: ['x-crosscheck-handled'] },
        handler: (request, reply) => send(reply, application.echo(request.url.href)),
      },
    });
    await new Promise((resolve, reject) => server.start((error) => (error ? reject(error) : resolve())));
    return server.listener;
  },
});

function options(policy) {
  return {
    origin: [originOrOrigins(policy)].flat(),
    headers: policy.request_headers,
    exposedHeaders: policy.response_headers,
    credentials: policy.credentials,
    maxAge: maxAge(policy),
  };
}

function send(reply, { status, headers, body }) {
  const response = reply(body).code(status);
  for (const [name, value] of headers) response.header(name, value, { append: true });
}
