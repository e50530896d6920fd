// The client side of a vector: makes the calls that it is given and tells how they ended.
//
// A call is `{ id, url, client }`; every string that stands for bytes has code points 0 to 255.
"use strict";

globalThis.crosscheck = (() => {
  // Where this script is served; workers are told, unless they are made from it.
  const home = globalThis.document?.currentScript?.src ?? location.href;

  const encode = (text) => Uint8Array.from(text, (c) => c.charCodeAt(0));

  // In pieces, since a call takes a limited number of arguments.
  const decode = (buffer) => {
    const bytes = new Uint8Array(buffer);
    let text = "";
    for (let i = 0; i < bytes.length; i += 8192) {
      text += String.fromCharCode(...bytes.subarray(i, i + 8192));
    }
    return text;
  };

  const body = (given) => {
    switch (given?.type) {
      case undefined:
        return undefined;
      case "blob":
        return new Blob([given.text], { type: given.content_type });
      case "buffer":
        return encode(given.bytes).buffer;
      case "document":
        return new DOMParser().parseFromString(
          given.markup,
          given.kind === "html" ? "text/html" : "application/xml",
        );
      case "form-data": {
        const form = new FormData();
        for (const [name, value] of given.fields) form.append(name, value);
        return form;
      }
      case "stream":
        return new ReadableStream({
          start(controller) {
            controller.enqueue(new TextEncoder().encode(given.text));
            controller.close();
          },
        });
      case "text":
        return given.text;
      case "url-encoded":
        return new URLSearchParams(given.fields);
      default:
        throw new Error(`unknown body type: ${given.type}`);
    }
  };

  const exception = (error) => `${error?.name}: ${error?.message}`;

  // What a page can see, where it sees nothing.
  const nothing = {
    exception: null,
    response_type: null,
    status: null,
    headers: [],
    body: null,
    url: "",
    redirected: false,
  };

  // A member that the vector leaves out stays undefined, which means the standard's default.
  const init = (client, payload, signal) => ({
    method: client.method,
    headers: client.headers,
    body: payload,
    mode: client.mode,
    credentials: client.credentials,
    redirect: client.redirect,
    referrerPolicy: client.referrer_policy,
    cache: client.cache,
    keepalive: client.keepalive,
    integrity: client.integrity,
    duplex: client.body?.type === "stream" && client.body.duplex !== "unsaid" ? "half" : undefined,
    signal,
  });

  async function byFetch({ url, client }, timeout) {
    const abort = new AbortController();
    const payload = body(client.body);
    let request;
    try {
      request = new Request(url, init(client, payload, abort.signal));
    } catch (error) {
      return { ...nothing, outcome: "api-error", exception: exception(error) };
    }
    const timer = setTimeout(() => abort.abort(), timeout);
    let seen = nothing;
    try {
      const response = await fetch(request);
      seen = {
        ...nothing,
        outcome: { opaque: "opaque", opaqueredirect: "opaque-redirect" }[response.type] ?? "readable",
        response_type: response.type,
        status: response.status,
        headers: [...response.headers],
        url: response.url,
        redirected: response.redirected,
      };
      if (seen.outcome === "readable") seen.body = decode(await response.arrayBuffer());
      return seen;
    } catch (error) {
      // Chromium words a refusal of the options this way, and a failure of the network "Failed to
      // fetch"; both are a TypeError from the same promise.
      const refused = String(error?.message).startsWith("Failed to execute 'fetch'");
      const failed = refused ? "api-error" : "network-error";
      return {
        ...seen,
        // A body that breaks off does not undo the response.
        outcome: abort.signal.aborted ? "timeout" : (seen.outcome ?? failed),
        exception: exception(error),
      };
    } finally {
      clearTimeout(timer);
    }
  }

  const xhrHeaders = (xhr) =>
    xhr
      .getAllResponseHeaders()
      .split("\r\n")
      .filter((line) => line !== "")
      .map((line) => {
        const colon = line.indexOf(":");
        return [line.slice(0, colon), line.slice(colon + 2)];
      });

  const xhrSeen = (xhr, url) => {
    const asked = new URL(url);
    asked.hash = "";
    return {
      ...nothing,
      outcome: "readable",
      status: xhr.status,
      headers: xhrHeaders(xhr),
      body: decode(xhr.response ?? new ArrayBuffer(0)),
      url: xhr.responseURL,
      // The only trace of a redirect here; one back to the same URL leaves none.
      redirected: xhr.responseURL !== asked.href,
    };
  };

  function byXhr({ url, client }, timeout) {
    return new Promise((resolve) => {
      const xhr = new XMLHttpRequest();
      const payload = body(client.body) ?? null;
      const timer = setTimeout(() => xhr.abort(), timeout);
      const end = (ending) => {
        clearTimeout(timer);
        resolve({ ...nothing, ...ending });
      };
      const listen = () => xhr.upload.addEventListener("progress", () => {});
      xhr.onload = () => end(xhrSeen(xhr, url));
      xhr.onerror = () => end({ outcome: "network-error" });
      xhr.onabort = () => end({ outcome: "timeout" });
      try {
        xhr.open(client.method, url, true, client.username ?? null, client.password ?? null);
        xhr.responseType = "arraybuffer";
        xhr.withCredentials = client.credentials === "include";
        for (const [name, value] of client.headers ?? []) xhr.setRequestHeader(name, value);
        if (client.upload_listener === "before-send") listen();
        xhr.send(payload);
        if (client.upload_listener === "after-send") listen();
      } catch (error) {
        end({ outcome: "api-error", exception: exception(error) });
      }
    });
  }

  // The bytes of a text that was read as `x-user-defined`, since a document that waits may not ask
  // for a buffer.
  const bytes = (text) =>
    Array.from(text, (c) => String.fromCharCode(c.charCodeAt(0) & 0xff)).join("");

  async function byXhrSync({ url, client }) {
    const xhr = new XMLHttpRequest();
    const payload = body(client.body) ?? null;
    try {
      xhr.open(client.method, url, false, client.username ?? null, client.password ?? null);
      xhr.overrideMimeType("text/plain; charset=x-user-defined");
      xhr.withCredentials = client.credentials === "include";
      for (const [name, value] of client.headers ?? []) xhr.setRequestHeader(name, value);
      if (client.upload_listener === "before-send") {
        xhr.upload.addEventListener("progress", () => {});
      }
    } catch (error) {
      return { ...nothing, outcome: "api-error", exception: exception(error) };
    }
    try {
      xhr.send(payload);
    } catch (error) {
      return { ...nothing, outcome: "network-error", exception: exception(error) };
    }
    return {
      ...nothing,
      outcome: "readable",
      status: xhr.status,
      headers: xhrHeaders(xhr),
      body: bytes(xhr.responseText),
      url: xhr.responseURL,
      redirected: xhr.responseURL !== url,
    };
  }

  // What makes a call, by `client.api`: gets the call and a number of milliseconds.
  const apis = { fetch: byFetch, xhr: byXhr, "xhr-sync": byXhrSync };

  async function one(call, timeout) {
    const { api = "fetch", blob, service_worker } = call.client;
    let { url } = call;
    if (blob !== undefined) {
      url = URL.createObjectURL(new Blob([blob.text], { type: blob.content_type }));
    }
    if (service_worker !== undefined) await crosscheck.arrange(url, service_worker);
    const ending = await apis[api]({ ...call, url }, timeout);
    return { id: call.id, ...ending };
  }

  async function all(calls, concurrency, timeout) {
    const endings = [];
    let next = 0;
    const worker = async () => {
      while (next < calls.length) {
        const index = next++;
        endings[index] = await one(calls[index], timeout);
      }
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
    return endings;
  }

  return { all, apis, body, exception, home, nothing };
})();
