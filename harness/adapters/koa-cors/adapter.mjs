import { createServer } from 'node:http';

import { isAllowed, maxAge, methods, originOrOrigins } from '../lib/policy.mjs';
import { installed, refusing, speak } from '../lib/protocol.mjs';

const { default: Koa } = await installed('koa');
const { default: cors } = await installed('@koa/cors');

await speak({
  name: '@koa/cors',
  package: '@koa/cors',
  homepage: 'https://github.com/koajs/cors',
  issues: 'https://github.com/koajs/cors/issues',
  async start(policy, application) {
    const app = new Koa();
    app.silent = true;
    app.use(await refusing(() => cors(options(policy))));
    app.use(async (context, next) => {
      const { path, url } = context;
      if (path === '/echo') return send(context, application.echo(url));
      if (path === '/redirect') return send(context, application.redirect(url));
      if (path === '/panic') return application.panic(url);
      if (path.startsWith('/status/')) return send(context, application.status(url, path.slice(8)));
      return next();
    });
    return createServer(app.callback());
  },
});

function options(policy) {
  return {
    origin: origin(policy),
    allowMethods: methods(policy),
    // Left out, the requested headers are mirrored.
    allowHeaders: policy.request_headers === '*' ? undefined : policy.request_headers,
    exposeHeaders: policy.response_headers,
    credentials: policy.credentials,
    maxAge: maxAge(policy),
  };
}

/** Left out, any origin is allowed; one origin is a string, several are a function. */
function origin(policy) {
  if (policy.origins === '*') return undefined;
  const plain = originOrOrigins(policy);
  if (typeof plain === 'string') return plain;
  const allowed = isAllowed(policy);
  return (context) => allowed(context.get('Origin')) && context.get('Origin');
}

function send(context, { status, headers, body }) {
  context.status = status;
  for (const [name, value] of headers) context.append(name, value);
  context.body = body;
}
