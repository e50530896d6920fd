import { METHODS } from 'node:http';

import { corsOptions } from '../lib/policy.mjs';
import { installed, refusing, speak } from '../lib/protocol.mjs';

const { default: fastify } = await installed('fastify');
const { default: cors } = await installed('@fastify/cors');

await speak({
  name: '@fastify/cors',
  package: '@fastify/cors',
  homepage: 'https://github.com/fastify/fastify-cors',
  issues: 'https://github.com/fastify/fastify-cors/issues',
  async start(policy, application, host) {
    const app = fastify();
    // Every method that Node can read, the ones that Fastify leaves out by default too; Fastify 4 cannot be told.
    for (const method of METHODS) app.addHttpMethod?.(method, { hasBody: true });
    await refusing(() => app.register(cors, corsOptions(policy)));
    app.all('/echo', (request, reply) => send(reply, application.echo(request.url)));
    app.all('/status/:code', (request, reply) => {
      return send(reply, application.status(request.url, request.params.code));
    });
    app.all('/redirect', (request, reply) => send(reply, application.redirect(request.url)));
    app.all('/panic', async (request) => application.panic(request.url));
    await app.listen({ host, port: 0 });
    return app.server;
  },
});

function send(reply, { status, headers, body }) {
  reply.code(status);
  for (const [name, value] of headers) {
    const already = reply.getHeader(name);
    // Fastify replaces, except for cookies.
    const added = already === undefined || name === 'Set-Cookie' ? value : [already, value].flat();
    reply.header(name, added);
  }
  return reply.send(body);
}
