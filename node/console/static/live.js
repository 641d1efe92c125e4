// Refreshes the parts of a page that a message from /stream is about, and gives the keyboard
// shortcuts "/" (search) and j/k (next and previous row). Every page works without it.
"use strict";

const PAUSE_MS = 400;
const waiting = new Set();
let timer = null;

function refresh() {
  timer = null;
  for (const part of document.querySelectorAll("[data-live]")) {
    const wanted = part.dataset.live.split(" ");
    const concerned = [...waiting].some((kind) => wanted.some((each) => kind.startsWith(each)));
    // What someone is reading with the keyboard stays until the next message.
    if (concerned && !part.contains(document.activeElement)) htmx.trigger(part, "live");
  }
  waiting.clear();
}

function listen() {
  const sign = document.getElementById("live");
  if (!sign || !document.querySelector("[data-live]")) return;
  const source = new EventSource("/stream");
  source.onopen = () => { sign.hidden = false; };
  source.onerror = () => { sign.hidden = true; };
  source.onmessage = (message) => {
    waiting.add(JSON.parse(message.data).kind);
    timer ??= setTimeout(refresh, PAUSE_MS);
  };
  window.addEventListener("pagehide", () => source.close());
}

function move(step) {
  const rows = [...document.querySelectorAll("main td a, main .rows a")];
  const at = rows.indexOf(document.activeElement);
  const next = rows[at === -1 ? (step > 0 ? 0 : rows.length - 1) : at + step];
  if (next) next.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input, select, textarea")) return;
  const search = document.getElementById("q");
  if (event.key === "/" && search) {
    event.preventDefault();
    search.focus();
  }
  if (event.key === "j") move(1);
  if (event.key === "k") move(-1);
});

listen();
