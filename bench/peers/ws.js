/**
 * The chat room of the floor with `ws` on Node: PORT=3000 node ws.js.
 *
 * As its documentation broadcasts: a message is made into text once, and the same bytes are sent to every client.
 * permessage-deflate stays off, as it is by default.
 */
import { randomUUID } from "node:crypto";
import { WebSocket, WebSocketServer } from "ws";

const server = new WebSocketServer({ host: "127.0.0.1", port: Number(process.env.PORT), perMessageDeflate: false });

server.on("connection", (socket) => {
  const id = randomUUID();
  let name;
  socket.on("error", console.error);
  socket.on("message", (data) => {
    const request = JSON.parse(data);
    if (request.type === "client_join_req") {
      name = request.name;
      socket.send(JSON.stringify({ type: "welcome", server: "main", name, id, n: 0, cursor: {} }));
    } else if (request.type === "send") {
      const message = { type: "message", name, text: request.text, id, n: request.n, time: Date.now() };
      const bytes = Buffer.from(JSON.stringify(message));
      for (const client of server.clients)
        if (client.readyState === WebSocket.OPEN) client.send(bytes, { binary: false });
    }
  });
});
