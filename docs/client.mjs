#!/usr/bin/env node
/**
 * A client of Chatty by the contract of docs/protocol.md alone: forty lines of code, and no message is lost, told twice or out of order,
 * whatever happens to the connection and the servers. Lines of standard input are said; what is said is printed. It needs Node 22 or newer.
 * Left out: a `ping` now and then, to notice a connection that died without a word.
 *
 *   npx node docs/client.mjs John ws://localhost:8787/chats/lobby/ws
 */
import { createInterface } from "node:readline";

const [name = "John", home = "ws://localhost:8787/chats/lobby/ws"] = process.argv.slice(2);

// Who we are, how far we have heard, what we said (text n-1 has number n), up to which number it came back, and what we printed. With this
// any connection, to any server of the chat, goes on where the last one ended. A program that runs for months would forget the oldest.
let session, id, cursor, known, socket, live, wait;
let [places, tries, echoed, received] = [[home], 0, 0, 0];
const [said, seen] = [[], new Set()];

const write = (object) => socket.send(JSON.stringify(object));
const send = (n) => live && write({ type: "send", text: said[n - 1], n });

function connect() {
  socket = new WebSocket(places[tries % places.length] ?? home);
  // Until the welcome only the join goes out. A failed try is followed by another, elsewhere, after a random time that grows.
  [live, wait] = [false, Math.random() * Math.min(30_000, 500 * 2 ** tries++)];
  // The first join has no session and begins one. The others go on with it: above the cursor they are told what came meanwhile.
  socket.onopen = () => write({ type: "client_join_req", name, session, cursor, n: echoed });
  socket.onmessage = ({ data }) => {
    for (const line of data.split("\n")) hear(JSON.parse(line));
    // Who does not say after each MiB how far they are is sent no more.
    for (received += data.length; received > 2 ** 20; received -= 2 ** 20) write({ type: "ack", cursor });
  };
  socket.onclose = () => setTimeout(connect, wait);
}

function hear(o) {
  // Where the others are: in welcome, update_servers and exit.
  if (o.servers) places = o.servers.flatMap((s) => (s.status === "left" ? [] : new URL(s.url, socket.url).href));
  if (o.type === "welcome") {
    ({ session, id, cursor, n: known } = o);
    [live, tries, wait] = [true, 0, Math.random() * 500];
    // What did not come back is sent again, in order, before anything new. The server knows by the numbers what it has.
    for (let n = echoed + 1; n <= said.length; n++) send(n);
  }
  if (o.type === "message") {
    cursor[o.origin] = Math.max(o.seq, cursor[o.origin] ?? 0);
    // Our own message is its acknowledgement: it is on disk, and everyone gets it.
    if (o.id === id) echoed = Math.max(o.n, echoed);
    // What someone sent again to another server may come twice, with the same id and n. A set that does not grow had it.
    if (seen.size < seen.add(`${o.id} ${o.n}`).size) console.log(`[${o.name}] ${o.text.replace(/\p{Cc}/gu, "?")}`);
  }
  // What we missed is not there any more: the server goes on from here, and what it knew of ours at the welcome will not come back.
  if (o.type === "reset") [cursor, echoed] = [o.cursor ?? cursor, Math.max(known, echoed)];
  // To one of `places`, when we are told to; who is sent on without a welcome slows down.
  if (o.type === "exit") wait = o.after ?? (live ? 0 : wait);
  if (o.reason === "leave" || o.reason === "replaced") process.exit();
  if (o.type === "error" && o.retry === undefined && o.code !== "n_gap") throw new Error(`${o.code}: ${o.message}`);
  // Not now, or a number is missing: we come back, and say again what did not come back to us.
  if (o.type === "error") wait = o.retry ?? wait;
  if (o.type === "error" || o.type === "exit") socket.close();
}

connect();
// A text has 1 to 4096 characters; a longer line is said in pieces.
for await (const line of createInterface({ input: process.stdin }))
  for (const text of line.match(/.{1,4096}/gu) ?? []) send(said.push(text));
// The input has ended: we leave when all has come back.
setInterval(() => live && echoed === said.length && write({ type: "client_leave_req" }), 100);
