// Socket.IO 2, over its polling transport. Where nobody is listed it is left as it comes.

import { createServer } from 'node:http';

import { installed, speak } from '../../../adapters/lib/protocol.mjs';

const { default: io } = await installed('socket.io');
const FIXED = 'nothing but the origins can be configured';
const ROUTES = 'there is one path';

await speak({
  name: 'Socket.IO',
  package: 'socket.io',
  homepage: 'https://socket.io/docs/v2/',
  issues: 'https://github.com/socketio/socket.io/issues',
  unsupported: {
    'origins.any': FIXED, 'origins.subdomains': FIXED, 'methods.list': FIXED, 'methods.any': FIXED,
    'request-headers.list': FIXED, 'request-headers.any': FIXED, 'response-headers.list': FIXED,
    'response-headers.any': FIXED, 'max-age': FIXED,
    'routes.status': ROUTES, 'routes.redirect': ROUTES, 'routes.panic': ROUTES,
  },
  async start({ origins }, application) {
    const server = createServer();
    const listed = origins.length ? { origins: (origin, allow) => allow(null, origins.includes(origin)) } : {};
    io(server, listed);
    // What is asked for is a handshake, and it counts as handled.
    const handlers = server.listeners('request');
    server.removeAllListeners('request');
    return server.on('request', (request, response) => {
      if (request.url.split('?')[0] !== '/echo') return response.writeHead(404).end();
      const { headers } = application.echo(request.url);
      for (const [name, value] of headers) response.setHeader(name, value);
      request.url = '/socket.io/?EIO=3&transport=polling';
      for (const handler of handlers) handler.call(server, request, response);
    });
  },
});
