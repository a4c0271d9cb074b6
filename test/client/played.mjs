/** Loaded before a program: its WebSockets and timers are the parent's to play. Timers ring at once; what they were set to is told. */
const sockets = [];

globalThis.WebSocket = class {
  constructor(url) {
    this.url = url;
    sockets.push(this);
    process.send({ open: url });
  }

  send(data) {
    process.send({ frame: JSON.parse(data) });
  }

  close() {
    if (this.closed) return;
    process.send({ close: true });
    this.end();
  }

  /** The connection ends, once, and not within the call. */
  end() {
    this.closed = true;
    setImmediate(() => this.onclose());
  }

  open() {
    this.onopen();
  }

  hear(data) {
    if (!this.closed) this.onmessage({ data });
  }
};

globalThis.setTimeout = (callback, delay) => {
  process.send({ delay });
  setImmediate(callback);
};

process.on("message", ({ event, data }) => sockets.at(-1)[event](data));
