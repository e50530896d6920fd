// Calls whose first id begins with "bare" are made by the plainest loop there is, which tells nothing.
(() => {
  const { run } = crosscheck;
  const bare = async (calls, concurrency) => {
    let next = 0;
    const worker = async () => {
      while (next < calls.length) {
        const { url, client } = calls[next++];
        await (await fetch(url, client)).arrayBuffer();
      }
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
    return "[]";
  };
  crosscheck.run = (json, frame, concurrency, timeout) =>
    json.startsWith('[{"id":"bare')
      ? bare(JSON.parse(json), concurrency)
      : run(json, frame, concurrency, timeout);
})();
