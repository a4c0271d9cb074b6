/** The page: reads its address, lets one in, and draws what a conversation says, at most once per frame. */
import { render } from "preact";
import { titleOf } from "./model/unread.ts";
import { Idle, isNewer } from "./newer.ts";
import { claimTab, Tab } from "./tab.ts";
import { type Place, Talk } from "./talk.ts";
import { Join, serversOf } from "./view/join.tsx";
import { Room } from "./view/room.tsx";

/** Milliseconds between two drawings of a page that is not seen: its title counts. */
const HIDDEN_MS = 1000;
/** Milliseconds until a deployment that did not answer is asked again whether it has a newer page. */
const ASK_AGAIN_MS = 5000;
/** The chat of the front page. */
const LOBBY = "lobby";

const root = document.querySelector("#page") as HTMLElement;
const idle = new Idle();
let place = placeOf(location);
let tab = new Tab(place.chat);
let talk: Talk | undefined;
let newer = false;
/** Whether one is on the way out: what is not delivered is delivered first. */
let leaving = false;
let drawing = false;
/** The next drawing of what changes by itself. */
let later: ReturnType<typeof setTimeout> | undefined;

function placeOf({ pathname, search }: Location): Place {
  const chat = /^\/chats\/([^/]+)/.exec(pathname)?.[1] ?? LOBBY;
  const server = new URLSearchParams(search).get("server");
  return server === null ? { chat } : { chat, server };
}

/** Draws soon; what changes until then is drawn together. */
function changed(): void {
  if (drawing) return;
  drawing = true;
  if (document.hidden) setTimeout(draw, HIDDEN_MS);
  else requestAnimationFrame(draw);
}

function draw(): void {
  drawing = false;
  const now = performance.now();
  talk?.conversation.link.tick(now);
  if (leaving && talk?.isOver) anew();
  document.title = titleOf(place.chat, talk?.conversation.unread.count ?? 0);
  render(talk ? <Room {...{ talk, tab, newer, changed, reload, anew, leave }} chat={place.chat} /> : door(), root);
  clearTimeout(later);
  const next = talk?.conversation.link.next;
  if (next !== undefined) later = setTimeout(changed, next);
}

const door = () => <Join {...{ place, join }} choose={location.pathname === "/"} name={tab.name ?? tab.lastName} />;

function join(name: string, to: Place): void {
  place = to;
  tab = new Tab(place.chat);
  const path = `/chats/${place.chat}${place.server ? `?server=${place.server}` : ""}`;
  if (path !== location.pathname + location.search) history.replaceState(null, "", path);
  tab.join(name);
  enter(name);
}

function enter(name: string): void {
  talk = new Talk(place, name, tab, changed);
  watchForNewer(talk);
  changed();
}

/** Whoever goes on, but not at a server that is not there any more, goes on at any. */
async function checkServer(server: string): Promise<void> {
  const servers = await serversOf(place.chat);
  if (servers.length === 0 || servers.some(({ name, status }) => name === server && status === "alive")) return;
  place = { chat: place.chat };
  history.replaceState(null, "", location.pathname);
}

/** After an outage the deployment may be another one. */
function watchForNewer({ conversation }: Talk): void {
  const { link } = conversation;
  link.returned = async () => {
    const answer = newer || (await isNewer());
    // Who is just back may be gone again.
    if (answer === undefined) setTimeout(link.returned, ASK_AGAIN_MS);
    if (newer || !answer) return;
    newer = true;
    reloadWhenIdle();
    changed();
  };
}

/** Nothing is lost with a reload; still nobody is to be torn out of what they do. */
function reloadWhenIdle(): void {
  const timer = setInterval(() => {
    if (!idle.isSo || tab.draft !== "" || talk?.conversation.link.isLost) return;
    clearInterval(timer);
    reload();
  }, 1000);
}

function reload(): void {
  location.reload();
}

function leave(): void {
  leaving = true;
  talk?.leave();
}

/** To the door, as somebody new. */
function anew(): void {
  talk?.close();
  talk = undefined;
  leaving = false;
  tab.leave();
  changed();
}

addEventListener("pagehide", () => talk?.close());
// A page that was kept aside was closed.
addEventListener("pageshow", ({ persisted }) => persisted && reload());
addEventListener("online", () => talk?.tryNow());
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) talk?.tryNow();
  changed();
});

await claimTab();
if (tab.name !== undefined) {
  if (place.server !== undefined) await checkServer(place.server);
  enter(tab.name);
}
changed();
