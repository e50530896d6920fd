// Frames and workers of the page that make calls in its place; each is made once and kept.
"use strict";

Object.assign(
  crosscheck,
  (() => {
    const { all, exception, home } = crosscheck;
    const page = home.slice(0, home.lastIndexOf("/"));
    const isDocument = globalThis.document !== undefined;
    const markup = `<!doctype html><script src="${home}"></script>`;
    const loader = `importScripts(${JSON.stringify(home)});`;
    const blobUrl = (text, type) => URL.createObjectURL(new Blob([text], { type }));
    const dataUrl = (text, type) => `data:${type},${encodeURIComponent(text)}`;

    // Posts a request to another context and waits for its answer.
    const ask = (target, request) =>
      new Promise((resolve, reject) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = ({ data }) => {
          port1.close();
          if (data.error === undefined) resolve(data.answer);
          else reject(new Error(data.error));
        };
        target(request, port2);
      });

    const framed = (attributes, fill = () => {}) =>
      new Promise((resolve, reject) => {
        const frame = document.createElement("iframe");
        for (const [name, value] of Object.entries(attributes)) frame.setAttribute(name, value);
        addEventListener("message", function ready({ source, data }) {
          if (source !== frame.contentWindow || data !== "ready") return;
          removeEventListener("message", ready);
          // An opaque origin cannot be named as the target.
          resolve((request, port) => frame.contentWindow.postMessage(request, "*", [port]));
        });
        frame.onload = () => setTimeout(reject, 5000, new Error("the frame has no probe"));
        document.body.append(frame);
        fill(frame.contentDocument);
      });

    const fillBlank = (inner) => {
      const script = inner.createElement("script");
      script.src = home;
      inner.body.append(script);
    };

    const worker = (made) => (request, port) => made.postMessage(request, [port]);

    let registered;
    const serviceWorker = () => {
      registered ??= (async () => {
        const scope = `${page}/controlled`;
        const registration = await navigator.serviceWorker.register(home, { scope });
        const found = registration.installing ?? registration.waiting ?? registration.active;
        await new Promise((resolve) => {
          found.onstatechange = () => found.state === "activated" && resolve();
          if (found.state === "activated") resolve();
        });
        return found;
      })();
      return registered;
    };

    const make = {
      blank: () => framed({}, fillBlank),
      blob: () => framed({ src: blobUrl(markup, "text/html") }),
      "blob-worker": () => worker(new Worker(blobUrl(loader, "text/javascript"))),
      controlled: async () => {
        await serviceWorker();
        return framed({ src: `${page}/controlled` });
      },
      credentialless: () => framed({ src: `${page}/credentialless` }),
      data: () => framed({ src: dataUrl(markup, "text/html") }),
      "data-worker": () => worker(new Worker(dataUrl(loader, "text/javascript"))),
      foreign: () => framed({ src: page.replace(".framing.example", "") }),
      sandboxed: () => framed({ sandbox: "allow-scripts", src: `${page}?opaque` }),
      "service-worker": async () => worker(await serviceWorker()),
      "shared-worker": () => worker(new SharedWorker(home).port),
      srcdoc: () => framed({ srcdoc: markup }),
      worker: () => worker(new Worker(home)),
    };
    const made = {};
    const context = (name) => (made[name] ??= Promise.resolve(make[name]()));

    // What a service worker has been told to do, by URL.
    const arranged = new Map();

    const serve = async ({ data, ports: [port] }) => {
      try {
        if (data.arrange !== undefined) arranged.set(...data.arrange);
        port.postMessage({ answer: data.calls && (await all(...data.calls)) });
      } catch (error) {
        port.postMessage({ error: exception(error) });
      }
    };

    const grant = {
      "Access-Control-Allow-Headers": "*",
      "Access-Control-Allow-Methods": "*",
      "Access-Control-Allow-Origin": "*",
    };

    const answer = (event) => {
      const { method, url } = event.request;
      switch (arranged.get(url)) {
        case "answers":
          return event.respondWith(new Response("made up"));
        case "answers-preflights":
          if (method === "OPTIONS") event.respondWith(new Response(null, { headers: grant }));
          return undefined;
        case "fetches-cors":
          return event.respondWith(fetch(url));
        case "fetches-no-cors":
          return event.respondWith(fetch(url, { mode: "no-cors" }));
        default:
          return undefined;
      }
    };

    if (isDocument && self !== top) {
      addEventListener("message", (event) => event.source === parent && serve(event));
      parent.postMessage("ready", "*");
    } else if (globalThis.registration !== undefined) {
      addEventListener("install", () => skipWaiting());
      addEventListener("message", serve);
      addEventListener("fetch", answer);
    } else if (globalThis.SharedWorkerGlobalScope !== undefined) {
      addEventListener("connect", ({ ports: [port] }) => (port.onmessage = serve));
    } else if (!isDocument) {
      addEventListener("message", serve);
    }

    return {
      // Tells the service worker of this page what to do with the request for `url`.
      arrange: (url, behaviour) =>
        ask(worker(navigator.serviceWorker.controller), { arrange: [url, behaviour] }),
      // Makes sure that a context is there.
      prepare: async (name) => void (await context(name)),
      // Makes the calls, at most `concurrency` at a time, each of at most `timeout` milliseconds;
      // answers JSON, in the order of the calls.
      run: async (json, name, ...limits) => {
        const calls = [JSON.parse(json), ...limits];
        const endings =
          name === "top" ? await all(...calls) : await ask(await context(name), { calls });
        return JSON.stringify(endings);
      },
    };
  })(),
);
