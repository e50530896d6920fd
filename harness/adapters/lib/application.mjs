// The application behind the policy: what its routes answer, for any framework to send.

const REDIRECTS = [301, 302, 303, 307, 308];
const WITHOUT_BODY = [204, 205, 304];

/** Each route gives `{ status, headers, body }`; headers are pairs to be added, never to replace. */
export class Application {
  #hits = new Map();

  echo(url) {
    return this.#answer(url, 200);
  }

  status(url, code) {
    if (/^[2-5]\d\d$/.test(code)) return this.#answer(url, Number(code));
    return { status: 404, headers: [], body: 'there is no such status' };
  }

  redirect(url) {
    const parameters = query(url);
    const code = Number(parameters.get('code') ?? 302);
    if (!REDIRECTS.includes(code)) return this.#answer(url, 400);
    return this.#answer(url, code, [['Location', parameters.get('to') ?? '']]);
  }

  panic(url) {
    this.#count(url);
    throw new Error('asked to panic');
  }

  /** How often a handler ran for the `id` parameter. */
  tell(url) {
    return JSON.stringify({ hits: this.#hits.get(id(url)) ?? 0 });
  }

  #count(url) {
    this.#hits.set(id(url), (this.#hits.get(id(url)) ?? 0) + 1);
  }

  #answer(url, status, more = []) {
    this.#count(url);
    const parameters = query(url);
    const headers = [['x-crosscheck-handled', id(url)], ...more];
    for (const line of parameters.getAll('h')) {
      const colon = line.indexOf(':');
      headers.push([line.slice(0, colon), line.slice(colon + 1).trim()]);
    }
    if (parameters.get('cookie') === '1') {
      headers.push(['Set-Cookie', 'crosscheck=1; Secure; SameSite=None; Path=/']);
    }
    if (WITHOUT_BODY.includes(status)) return { status, headers, body: null };
    return { status, headers: [['Content-Type', 'application/json'], ...headers], body: '{"ok":true}' };
  }
}

/** The parameters of a target or an absolute address. */
function query(url) {
  const mark = url.indexOf('?');
  return new URLSearchParams(mark < 0 ? '' : url.slice(mark));
}

function id(url) {
  return query(url).get('id') ?? '';
}

/** Sends an answer through a `node:http` response, as Express and its kin hand it out. */
export function send(response, { status, headers, body }) {
  response.statusCode = status;
  for (const [name, value] of headers) response.appendHeader(name, value);
  response.end(body);
}
