import { isAllowed, maxAge, methods, originOrOrigins } from '../lib/policy.mjs';
import { installed, refusing, speak } from '../lib/protocol.mjs';

const { Hono } = await installed('hono');
const { cors } = await installed('hono/cors');
const { createAdaptorServer } = await installed('@hono/node-server');

await speak({
  name: 'hono/cors',
  package: 'hono',
  homepage: 'https://hono.dev/docs/middleware/builtin/cors',
  issues: 'https://github.com/honojs/hono/issues',
  async start(policy, application) {
    const app = new Hono();
    app.use('*', await refusing(() => cors(options(policy))));
    app.all('/echo', (c) => send(c, application.echo(c.req.url)));
    app.all('/status/:code', (c) => send(c, application.status(c.req.url, c.req.param('code'))));
    app.all('/redirect', (c) => send(c, application.redirect(c.req.url)));
    app.all('/panic', (c) => application.panic(c.req.url));
    return createAdaptorServer({ fetch: app.fetch });
  },
});

function options(policy) {
  return {
    origin: origin(policy),
    allowMethods: policy.methods === '*' ? ['*'] : methods(policy),
    // Left out, the requested headers are mirrored.
    allowHeaders: policy.request_headers === '*' ? undefined : policy.request_headers,
    exposeHeaders: policy.response_headers === '*' ? ['*'] : policy.response_headers,
    credentials: policy.credentials,
    maxAge: maxAge(policy),
  };
}

/** A string or a list of strings where that is enough, else a function. */
function origin(policy) {
  const plain = originOrOrigins(policy);
  if ([plain].flat().every((item) => typeof item === 'string')) return plain;
  const allowed = isAllowed(policy);
  return (origin) => (allowed(origin) ? origin : null);
}

function send(c, { status, headers, body }) {
  for (const [name, value] of headers) c.header(name, value, { append: true });
  return c.body(body, status);
}
