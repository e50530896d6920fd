// Whatever fetches beside `fetch()` and XHR. Each ends with `readable` if the page can look into
// what was fetched, `opaque` if it can only use it, and `network-error` if it is told of a failure.
"use strict";

Object.assign(
  crosscheck.apis,
  (() => {
    const { body, exception, nothing } = crosscheck;

    // Runs `start` until it ends the call, or time is up, and then removes what it left behind.
    const settled = (timeout, start) =>
      new Promise((resolve) => {
        let cleanUp;
        let ended = false;
        const end = (outcome, error) => {
          if (ended) return;
          ended = true;
          clearTimeout(timer);
          cleanUp?.();
          resolve({ ...nothing, outcome, exception: error === undefined ? null : exception(error) });
        };
        const timer = setTimeout(end, timeout, "timeout");
        try {
          cleanUp = start(end);
          if (ended) cleanUp?.();
        } catch (error) {
          end("api-error", error);
        }
      });

    // A `SecurityError` is how the page learns that it may not look.
    const look = (end, at) => {
      try {
        at();
        end("readable");
      } catch (error) {
        if (error.name !== "SecurityError") throw error;
        end("opaque", error);
      }
    };

    const element = (tag, { crossorigin, integrity }, properties) => {
      const made = document.createElement(tag);
      if (crossorigin !== undefined) made.setAttribute("crossorigin", crossorigin);
      if (integrity !== undefined) made.setAttribute("integrity", integrity);
      return Object.assign(made, properties);
    };

    // Puts an element into the document until the call ends.
    const shown = (made) => {
      document.body.append(made);
      return () => made.remove();
    };

    // Makes one call at a time.
    const serial = (make) => {
      let last = Promise.resolve();
      return (...call) => (last = last.then(() => make(...call)));
    };

    // The entry of the performance timeline for `url`.
    const timed = (url, timeout) =>
      new Promise((resolve) => {
        const observer = new PerformanceObserver((list) => {
          const [entry] = list.getEntriesByName(url);
          if (entry !== undefined) found(entry);
        });
        const timer = setTimeout(() => found(null), timeout);
        const found = (entry) => {
          clearTimeout(timer);
          observer.disconnect();
          resolve(entry);
        };
        observer.observe({ type: "resource" });
      });

    const img = ({ url, client }, timeout) =>
      settled(timeout, (end) => {
        const image = element("img", client, { onerror: () => end("network-error") });
        image.onload = () => {
          const canvas = document.createElement("canvas");
          canvas.getContext("2d").drawImage(image, 0, 0);
          look(end, () => canvas.toDataURL());
        };
        image.src = url;
      });

    // One at a time, since only so is it known whose error the page is told of.
    const script = serial(({ url, client }, timeout) =>
      settled(timeout, (end) => {
        let told = "Script error.";
        const listen = (event) => {
          told = event.message;
          event.preventDefault();
        };
        addEventListener("error", listen);
        const made = element("script", client, {
          onload: () => end(told === "Script error." ? "opaque" : "readable"),
          onerror: () => end("network-error"),
          src: url,
        });
        const remove = shown(made);
        return () => {
          removeEventListener("error", listen);
          remove();
        };
      }),
    );

    const loads = (tag, properties) => ({ url, client }, timeout) =>
      settled(timeout, (end) =>
        shown(
          element(tag, client, {
            ...properties,
            onload: () => end("readable"),
            onerror: () => end("network-error"),
            [tag === "link" ? "href" : "src"]: url,
          }),
        ),
      );

    const dynamicImport = ({ url }, timeout) =>
      settled(timeout, (end) => {
        import(url).then(
          () => end("readable"),
          (error) => end("network-error", error),
        );
      });

    // An inline module has no load event, so it tells by itself that it runs.
    const imported = new Map();
    const staticImport = ({ id, url, client }, timeout) =>
      settled(timeout, (end) => {
        imported.set(id, end);
        const text = `import ${JSON.stringify(url)}; crosscheck.imported.get("${id}")("readable");`;
        const onerror = () => end("network-error");
        const remove = shown(element("script", client, { type: "module", onerror, text }));
        return () => {
          imported.delete(id);
          remove();
        };
      });
    crosscheck.imported = imported;

    const stylesheet = ({ url, client }, timeout) =>
      settled(timeout, (end) => {
        const link = element("link", client, { rel: "stylesheet", href: url });
        link.onload = () => look(end, () => link.sheet.cssRules);
        link.onerror = () => end("network-error");
        return shown(link);
      });

    const font = ({ url }, timeout) =>
      settled(timeout, (end) => {
        new FontFace("crosscheck", `url(${JSON.stringify(url)})`).load().then(
          () => end("readable"),
          (error) => end("network-error", error),
        );
      });

    const media = ({ url, client }, timeout) =>
      settled(timeout, (end) => {
        const audio = element("audio", client, { preload: "auto" });
        audio.onloadeddata = () => look(end, () => audio.captureStream());
        audio.onerror = () => end("network-error");
        audio.src = url;
        return () => {
          audio.onerror = null;
          audio.removeAttribute("src");
          audio.load();
        };
      });

    const track = ({ url, client }, timeout) =>
      settled(timeout, (end) => {
        const video = element("video", client, {});
        const made = document.createElement("track");
        made.onload = () => end("readable");
        made.onerror = () => end("network-error");
        made.src = url;
        video.append(made);
        made.track.mode = "hidden";
        return shown(video);
      });

    const eventSource = ({ url, client }, timeout) =>
      settled(timeout, (end) => {
        const withCredentials = client.credentials === "include";
        const source = new EventSource(url, { withCredentials });
        source.addEventListener("end", () => end("readable"));
        source.onerror = () => source.readyState === EventSource.CLOSED && end("network-error");
        return () => source.close();
      });

    const webSocket = ({ url }, timeout) =>
      settled(timeout, (end) => {
        const socket = new WebSocket(url);
        socket.onopen = () => end("readable");
        socket.onerror = () => end("network-error");
        return () => socket.close();
      });

    // The page is told nothing, so its timeline has to say when all is over.
    const beacon = ({ url, client }, timeout) =>
      settled(timeout, (end) => {
        const over = timed(url, 1000);
        if (navigator.sendBeacon(url, body(client.body))) over.then(() => end("opaque"));
        else end("api-error");
      });

    const timing = async (call, timeout) => {
      const entry = timed(call.url, timeout);
      const ending = await crosscheck.apis.fetch(call, timeout);
      if (ending.outcome !== "readable") return { ...nothing, outcome: ending.outcome };
      return { ...nothing, outcome: (await entry)?.requestStart > 0 ? "readable" : "opaque" };
    };

    const framed = (navigate) => (call, timeout) =>
      settled(timeout, (end) => {
        const frame = document.createElement("iframe");
        const onload = () => end(frame.contentDocument === null ? "opaque" : "readable");
        const removals = [navigate(call, frame, onload)];
        removals.push(() => frame.remove());
        return () => removals.forEach((remove) => remove());
      });

    const iframe = framed(({ url }, frame, onload) => {
      Object.assign(frame, { onload, src: url });
      return shown(frame);
    });

    const form = framed(({ id, url, client }, frame, onload) => {
      frame.name = `form-${id}`;
      // The empty frame is loaded at once.
      document.body.append(frame);
      frame.onload = onload;
      const made = document.createElement("form");
      Object.assign(made, { method: "post", action: url, target: frame.name });
      for (const [name, value] of client.body.fields) {
        made.append(Object.assign(document.createElement("input"), { name, value }));
      }
      const remove = shown(made);
      made.submit();
      return remove;
    });

    const worker = (options) => ({ url }, timeout) =>
      settled(timeout, (end) => {
        const made = new Worker(url, options);
        made.onmessage = () => end("readable");
        made.onerror = () => end("network-error");
        return () => made.terminate();
      });

    const sharedWorker = ({ url }, timeout) =>
      settled(timeout, (end) => {
        const made = new SharedWorker(url);
        made.port.onmessage = () => end("readable");
        made.onerror = () => end("network-error");
        return () => made.port.close();
      });

    const serviceWorker = ({ url }, timeout) =>
      settled(timeout, (end) => {
        // Both refusals come by the same promise.
        const refused = new URL(url).origin === location.origin ? "network-error" : "api-error";
        navigator.serviceWorker.register(url, { scope: url }).then(
          async (registration) => {
            await registration.unregister();
            end("readable");
          },
          (error) => end(refused, error),
        );
      });

    const imports = async ({ url }) => {
      delete globalThis.ran;
      try {
        importScripts(url);
      } catch (error) {
        const outcome = globalThis.ran === undefined ? "network-error" : told(error);
        return { ...nothing, outcome, exception: exception(error) };
      }
      return { ...nothing, outcome: "opaque" };
    };
    const told = (error) => (error.name === "NetworkError" ? "opaque" : "readable");

    return {
      beacon,
      "dynamic-import": dynamicImport,
      "event-source": eventSource,
      font,
      form,
      iframe,
      img,
      "import-scripts": imports,
      media,
      module: loads("script", { type: "module" }),
      "module-preload": loads("link", { rel: "modulepreload" }),
      "module-worker": worker({ type: "module" }),
      script,
      "service-worker": serviceWorker,
      "shared-worker": sharedWorker,
      "static-import": staticImport,
      stylesheet,
      timing,
      track,
      websocket: webSocket,
      worker: worker({}),
    };
  })(),
);
