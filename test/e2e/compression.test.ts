/** On bare workerd: the proxy of `wrangler dev` compresses by itself what it passes on. */
import { expect, it, onTestFinished } from "vitest";
import { bundleAll } from "../../bench/lib/bundle.ts";
import { startBare } from "./bare.ts";
import { at } from "./operator.ts";

/** Milliseconds to bundle and start. */
const START_MS = 60_000;

it("F7 a client that offers compression is not taken up on it", { timeout: START_MS }, async () => {
  const { chatty } = await bundleAll();
  const server = await startBare(chatty);
  onTestFinished(() => server.stop());
  const socket = new WebSocket(at(server.url, "plain", "main"));
  onTestFinished(() => socket.close());
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  expect(socket.extensions).toBe("");
});
