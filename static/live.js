// Keeps a page up to date: the stream says that there is news, the news are then fetched.
// Without a stream it asks every few seconds; a hidden tab does neither.
import { tell, tellLoggedOut } from "./pages.js";

const TICK = 3_000;
// Even with a stream, in case that a message was lost.
const CHECK = 30_000;
// Differs in each answer, which is no news.
const TOKEN = /name="csrfmiddlewaretoken" value="[^"]*"/g;
const WORDS = {
  off: "Connecting",
  live: "Live",
  polling: "Reconnecting, updating every few seconds",
  stale: "This page is out of date",
  gone: "This page is out of date",
};

class Live {
  #mark;
  #source = null;
  #timer = null;
  #running = false;
  #again = false;
  #readAt = 0;
  #opened = 0;
  #streaming = false;
  #shown = "";

  constructor(mark) {
    this.#mark = mark;
    this.#show("off");
    document.addEventListener("visibilitychange", () => (document.hidden ? this.#rest() : this.#start()));
    addEventListener("pagehide", () => this.#rest());
    addEventListener("pageshow", () => this.#start());
    document.body.addEventListener("htmx:afterRequest", ({ detail }) => detail.requestConfig.verb === "post" && detail.target.id === "news" && this.#afterSending(detail.successful));
    this.#start();
  }

  get #state() {
    return this.#mark.dataset.mark;
  }

  #show(state) {
    this.#mark.dataset.mark = state;
    this.#mark.firstElementChild.textContent = WORDS[state];
  }

  #start() {
    if (this.#state === "gone" || document.hidden) return;
    this.#timer ??= setInterval(() => this.#tick(), TICK);
    if (!this.#source) this.#open();
  }

  #rest() {
    clearInterval(this.#timer);
    this.#source?.close();
    this.#timer = this.#source = null;
    this.#streaming = false;
  }

  #open() {
    this.#opened = Date.now();
    this.#source = new EventSource(this.#mark.dataset.live);
    this.#source.addEventListener("changed", () => {
      this.#streaming = true;
      this.refresh();
    });
    this.#source.addEventListener("error", () => {
      this.#streaming = false;
      if (this.#state === "live" || this.#state === "off") this.#show("polling");
    });
  }

  #tick() {
    if (this.#source?.readyState === EventSource.CLOSED && Date.now() - this.#opened > 2 * TICK) this.#open();
    if (!this.#streaming || this.#state === "stale" || Date.now() - this.#readAt > CHECK) this.refresh();
  }

  async refresh() {
    if (this.#state === "gone") return;
    this.#again = this.#running;
    if (this.#running) return;
    this.#running = true;
    try {
      await this.#read();
    } catch {
      this.#show("stale");
    } finally {
      this.#running = false;
      if (this.#again) this.refresh();
    }
  }

  async #read() {
    const news = document.getElementById("news");
    const response = await fetch(news.dataset.url, { headers: { "HX-Request": "true" }, redirect: "manual" });
    if (response.status === 401 || response.status === 404) return this.#end(response.status);
    if (!response.ok) throw new Error(response.status);
    const html = await response.text();
    this.#readAt = Date.now();
    this.#show(this.#streaming ? "live" : "polling");
    const content = html.replaceAll(TOKEN, "");
    // While something of it is being sent it stays, or the answer would go to what is no longer there.
    if (content === this.#shown || document.querySelector("#news .htmx-request")) return;
    swap(html);
    this.#shown = content;
  }

  #afterSending(successful) {
    this.#shown = "";
    if (successful) tellChange(true);
    this.refresh();
  }

  #end(status) {
    this.#rest();
    this.#show("gone");
    if (status === 401) tellLoggedOut();
    else tell("This is no longer there for you.", { text: "Go to your fleets", href: "/" });
  }
}

function statuses() {
  return new Map([...document.querySelectorAll("#news [data-announce]")].map((entry) => [entry.id, entry.dataset.announce]));
}

// What the page said of each action at the last look.
let known = statuses();

function swap(html) {
  htmx.swap("#news", html, { swapStyle: "outerHTML", swapDelay: 0, settleDelay: 0 });
  tellChange(false);
}

function tellChange(withNew) {
  const before = known;
  known = statuses();
  const changed = [...known].find(([id, text]) => before.get(id) !== text && (withNew || before.has(id)));
  if (changed) announce(changed[1]);
}

let quiet;
function announce(text) {
  const line = document.getElementById("announcement");
  line.textContent = text;
  clearTimeout(quiet);
  quiet = setTimeout(() => (line.textContent = ""), 8_000);
}

const mark = document.getElementById("live-mark");
if (mark) new Live(mark);
