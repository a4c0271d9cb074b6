/** The page by which a cluster is watched: it listens to one server, and draws what it says. It asks nobody anything by itself. */
import { render } from "preact";
import { Watcher, type WatchStatus } from "../../lib/index.ts";
import { host } from "../host.ts";
import { Dots } from "./dots.ts";
import { healthOf } from "./health.ts";
import { Cluster } from "./model.ts";
import { Page } from "./page.tsx";

const chat = /^\/chats\/([^/]+)/.exec(location.pathname)?.[1] ?? "lobby";
const root = document.querySelector("#page") as HTMLElement;
const cluster = new Cluster();
const dots = new Dots();
let status: WatchStatus = { is: "connecting" };
/** When the connection was lost, ms since epoch. */
let lostAt: number | undefined;
let drawing = false;
/** The next drawing of what time changes. */
let later: ReturnType<typeof setTimeout> | undefined;

/** Draws soon; what changes until then is drawn together. */
function changed(): void {
  if (drawing) return;
  drawing = true;
  if (document.hidden) setTimeout(draw, 1000);
  else requestAnimationFrame(draw);
}

function draw(): void {
  drawing = false;
  const now = Date.now();
  const health = healthOf(cluster, now);
  document.title = `${health.level === "bad" ? "⚠ " : ""}${chat} – cluster`;
  const retry = status.is === "offline" ? Math.max(0, Math.ceil((status.until - host.now()) / 1000)) : undefined;
  const link = { lostAt, retry, tryNow: () => watcher.retryNow() };
  render(<Page {...{ chat, cluster, health, link, dots, now }} />, root);
  clearTimeout(later);
  const next = lostAt === undefined ? cluster.next(now) : 500;
  if (next !== undefined) later = setTimeout(changed, next);
}

const watcher = new Watcher(location.origin, chat, host, {
  told(told) {
    const now = Date.now();
    if (told.type === "cluster") cluster.hear(told.view, now);
    else {
      cluster.travel(told.messages, now);
      dots.fly(told.messages, cluster);
    }
    changed();
  },
  turned(turned) {
    status = turned;
    lostAt = turned.is === "online" ? undefined : (lostAt ?? Date.now());
    changed();
  },
});

addEventListener("pagehide", () => watcher.close());
// A page that was kept aside was closed.
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
addEventListener("online", () => watcher.retryNow());
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) watcher.retryNow();
  changed();
});
watcher.start();
changed();
