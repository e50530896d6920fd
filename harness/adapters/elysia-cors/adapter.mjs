import { once } from 'node:events';

import { maxAge, methods, originOrOrigins } from '../lib/policy.mjs';
import { installed, refusing, speak } from '../lib/protocol.mjs';

const { Elysia } = await installed('elysia');
const { node } = await installed('@elysiajs/node');
const { cors } = await installed('@elysiajs/cors');

await speak({
  name: '@elysiajs/cors',
  package: '@elysiajs/cors',
  homepage: 'https://elysiajs.com/plugins/cors',
  issues: 'https://github.com/elysiajs/elysia-cors/issues',
  async start(policy, application, hostname) {
    const app = new Elysia({ adapter: node() });
    await refusing(() => app.use(cors(options(policy))));
    app.all('/echo', ({ request }) => respond(application.echo(request.url)));
    app.all('/status/:code', ({ request, params }) => {
      return respond(application.status(request.url, params.code));
    });
    app.all('/redirect', ({ request }) => respond(application.redirect(request.url)));
    app.all('/panic', ({ request }) => application.panic(request.url));
    const started = await new Promise((resolve) => app.listen({ hostname, port: 0 }, resolve));
    const { server } = started.raw.node;
    if (!server.listening) await once(server, 'listening');
    return server;
  },
});

function options(policy) {
  return {
    origin: origin(policy),
    // `true` mirrors what the preflight asks for.
    methods: policy.methods === '*' ? true : methods(policy),
    allowedHeaders: policy.request_headers === '*' ? true : policy.request_headers,
    exposeHeaders: policy.response_headers,
    credentials: policy.credentials,
    maxAge: maxAge(policy),
  };
}

/** As it is, or with the argument `hosts` as hosts alone, under whatever scheme. */
function origin(policy) {
  const given = originOrOrigins(policy);
  if (!process.argv.includes('hosts')) return given;
  return [given].flat().map((item) => (typeof item === 'string' ? item.replace(/^.*:\/\//, '') : item));
}

function respond({ status, headers, body }) {
  return new Response(body, { status, headers });
}
