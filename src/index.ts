/** The Worker's entry: the routes and the class of the servers. */
export { app as default } from "./app.ts";
export { ChatServer } from "./object/server.ts";
