/**
 * The floor: the platform's plain way to broadcast, measured beside Chatty in the same run.
 *
 * One hibernating Durable Object per chat; each `send` is parsed as it arrives, made into one `message`, and sent to
 * every socket at once. No log, no batching, no relay. It takes the frames of Chatty's wire as far as the load
 * program uses them, so that both are driven by the very same load. Plain JavaScript, for bare workerd runs it
 * without a build.
 */
import { DurableObject } from "cloudflare:workers";

export class FloorServer extends DurableObject {
  fetch() {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    return new Response(null, { status: 101, webSocket: client });
  }

  webSocketMessage(socket, frame) {
    for (const line of String(frame).split("\n")) if (line !== "") this.receive(socket, JSON.parse(line));
  }

  receive(socket, request) {
    if (request.type === "client_join_req") {
      const id = crypto.randomUUID();
      socket.serializeAttachment({ id, name: request.name });
      socket.send(JSON.stringify({ type: "welcome", server: "main", name: request.name, id, n: 0, cursor: {} }));
    } else if (request.type === "send") {
      const { id, name } = socket.deserializeAttachment();
      const message = { type: "message", name, text: request.text, id, n: request.n, time: Date.now() };
      const text = JSON.stringify(message);
      for (const receiver of this.ctx.getWebSockets()) receiver.send(text);
    }
  }

  webSocketClose(socket, code, reason) {
    socket.close(code, reason);
  }
}

export default {
  fetch(request, env) {
    if (request.headers.get("Upgrade") !== "websocket")
      return new Response("the floor speaks WebSocket only\n", { status: 426 });
    const chat = new URL(request.url).pathname.split("/")[2] ?? "lobby";
    return env.SERVER.get(env.SERVER.idFromName(chat)).fetch(request);
  },
};
