/** The chat room of the floor with partyserver: a hibernating `Server`, whose `broadcast` sends to every connection. */
import { routePartykitRequest, Server } from "partyserver";

export class Room extends Server {
  static options = { hibernate: true };

  onMessage(connection, frame) {
    const request = JSON.parse(frame);
    const { id } = connection;
    if (request.type === "client_join_req") {
      const { name } = request;
      connection.setState({ name });
      connection.send(JSON.stringify({ type: "welcome", server: "main", name, id, n: 0, cursor: {} }));
    } else if (request.type === "send") {
      const { name } = connection.state;
      const message = { type: "message", name, text: request.text, id, n: request.n, time: Date.now() };
      this.broadcast(JSON.stringify(message));
    }
  }
}

export default {
  async fetch(request, env) {
    return (await routePartykitRequest(request, env)) ?? new Response("no such party\n", { status: 404 });
  },
};
