/** What the systems are called in results, tables and pictures. */
export const FLOOR = "floor";
export const ONE = "1 server";
export const THREE = "3 servers";
/** What else a chat is built with, by the name of its package. */
export const OTHERS = ["partyserver", "socket.io", "ws"] as const;
