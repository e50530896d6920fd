import { maxAge, methods } from '../lib/policy.mjs';
import { installed, refusing, speak } from '../lib/protocol.mjs';

const { default: Hapi } = await installed('@hapi/hapi');

await speak({
  name: '@hapi/hapi',
  package: '@hapi/hapi',
  homepage: 'https://hapi.dev/api#-routeoptionscors',
  issues: 'https://github.com/hapijs/hapi/issues',
  unsupported: {
    'request-headers.any': '`cors.headers` is a list of names, without a wildcard',
  },
  async start(policy, application, host) {
    const server = await refusing(() => {
      return Hapi.server({ host, port: 0, debug: false, routes: { cors: cors(policy) } });
    });
    // Hapi allows the methods that a path has a route for.
    const method = policy.methods === '*' ? '*' : methods(policy).filter((name) => name !== 'HEAD');
    const route = (path, handler) => server.route({ method, path, handler });
    await refusing(() => {
      route('/echo', ({ url }, h) => send(h, application.echo(url.href)));
      route('/status/{code}', ({ url, params }, h) => send(h, application.status(url.href, params.code)));
      route('/redirect', ({ url }, h) => send(h, application.redirect(url.href)));
      route('/panic', ({ url }) => application.panic(url.href));
    });
    await server.start();
    return server.listener;
  },
});

function cors(policy) {
  if (!policy.origins.length) return false;
  const options = {
    origin: policy.origins === '*' ? ['*'] : policy.origins.map(pattern),
    headers: policy.request_headers,
    exposedHeaders: policy.response_headers === '*' ? ['*'] : policy.response_headers,
    credentials: policy.credentials,
  };
  return maxAge(policy) === undefined ? options : { ...options, maxAge: maxAge(policy) };
}

function pattern(origin) {
  return origin.subdomains_of?.replace('://', '://*.') ?? origin;
}

function send(h, { status, headers, body }) {
  const response = h.response(body ?? '').code(status);
  for (const [name, value] of headers) {
    response.header(name, value, { append: true, duplicate: true, separator: ', ' });
  }
  return response;
}
