// A worker that says so after as many milliseconds as it is told.
addEventListener("message", ({ data }) => setTimeout(() => postMessage(data), data));
