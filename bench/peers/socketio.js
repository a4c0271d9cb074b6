/**
 * The chat room of the floor with socket.io on Node: PORT=3000 node socketio.js.
 *
 * WebSocket only, so that no connection begins with long polling; permessage-deflate stays off, as it is by default.
 */
import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer((_request, response) => response.writeHead(426).end("socket.io only\n"));
const io = new Server(http, { transports: ["websocket"], serveClient: false, perMessageDeflate: false });

io.on("connection", (socket) => {
  const { id } = socket;
  socket.on("client_join_req", ({ name }) => {
    socket.data.name = name;
    socket.emit("welcome", { server: "main", name, id, n: 0, cursor: {} });
  });
  socket.on("send", ({ text, n }) => {
    io.emit("message", { name: socket.data.name, text, id, n, time: Date.now() });
  });
});

http.listen(Number(process.env.PORT), "127.0.0.1");
