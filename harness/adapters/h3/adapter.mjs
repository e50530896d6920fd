import { createServer } from 'node:http';

import { methods, origins } from '../lib/policy.mjs';
import { installed, refusing, speak } from '../lib/protocol.mjs';

const { H3, handleCors, toNodeHandler } = await installed('h3');

await speak({
  name: 'h3',
  package: 'h3',
  homepage: 'https://h3.dev/utils/security#handlecorsevent-options',
  issues: 'https://github.com/h3js/h3/issues',
  async start(policy, application) {
    const app = new H3();
    const cors = options(policy);
    app.use((event) => {
      const answer = handleCors(event, cors);
      if (answer !== false) return answer;
    });
    app.all('/echo', (event) => send(event, application.echo(event.req.url)));
    app.all('/status/:code', (event) => {
      return send(event, application.status(event.req.url, event.context.params.code));
    });
    app.all('/redirect', (event) => send(event, application.redirect(event.req.url)));
    app.all('/panic', (event) => application.panic(event.req.url));
    return createServer(toNodeHandler(app));
  },
});

function options(policy) {
  const { credentials, request_headers, response_headers, max_age } = policy;
  return {
    origin: origins(policy),
    methods: methods(policy),
    allowHeaders: request_headers,
    exposeHeaders: response_headers,
    credentials,
    maxAge: max_age === null ? false : max_age === 'disable' ? '0' : String(max_age),
  };
}

function send(event, { status, headers, body }) {
  event.res.status = status;
  for (const [name, value] of headers) event.res.headers.append(name, value);
  return body ?? '';
}
