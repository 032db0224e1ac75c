// Keeps a page up to date. Where there is a stream it says that there is news, else the page asks every few seconds;
// either way it then reads its news, and changes what has changed (morph.js). A hidden tab does nothing of this.
//
// The mark (#live-mark) says how it stands. Its `data-live` is the stream's address; `data-pause` are the seconds
// between two looks at the least, without a stream `data-pace` the milliseconds where not PACE. The news are at the
// address that #news gives, else at that of the page itself.
import { enter } from "./focus.js";
import { takeChildren, morph } from "./morph.js";
import { clock, full, showMoments } from "./moments.js";
import { tell, tellLoggedOut } from "./pages.js";
import { gettext } from "./words.js";

const TICK = 3_000;
// Without a stream.
const PACE = 5_000;
// Even with a stream, in case that a message was lost; while an action is under way ([data-open]) it is PACE.
const CHECK = 30_000;
// For one answer.
const PATIENCE = 15_000;
// Until a stream that was cut, or that nobody could be asked for, is opened again.
const CUT = 6_000;
// A pointer that is held longer than that is held for another reason than to click.
const PRESS = 1_500;
// Differs in each answer, which is no news.
const TOKEN = /name="csrfmiddlewaretoken" value="[^"]*"/g;

const outdated = (at) => gettext("Out of date: this is how it was at %s", clock.format(at));
const WORDS = {
  off: () => gettext("Connecting"),
  live: () => gettext("Live"),
  paced: () => gettext("Updated every few seconds"),
  polling: () => gettext("Reconnecting, updating every few seconds"),
  crowded: () => gettext("You have many live pages open: this one is updated every few seconds"),
  stale: outdated,
  gone: outdated,
};

class Live {
  #mark;
  #state = "off";
  #source = null;
  #timer = null;
  #running = false;
  #again = false;
  #readAt = performance.timeOrigin;
  #opensAt = 0;
  // What it shows while it polls: why there is no stream.
  #why = "polling";
  #streaming = false;
  #shown = "";
  #waiting = 0;

  constructor(mark) {
    this.#take(mark);
    document.addEventListener("visibilitychange", () => (document.hidden ? this.#rest() : this.#start()));
    addEventListener("pagehide", () => this.#rest());
    addEventListener("pageshow", () => this.#start());
    for (const change of ["offline", "online"]) addEventListener(change, () => this.#lookAround());
    document.body.addEventListener("htmx:afterRequest", ({ detail }) => detail.requestConfig.verb === "post" && detail.target.id === "news" && this.#afterSending(detail.successful));
    this.#start();
  }

  get #hasStream() {
    return Boolean(this.#mark.dataset.live);
  }

  get #address() {
    return document.getElementById("news")?.dataset.url ?? location.pathname + location.search;
  }

  // What has changed may have brought another mark, such as that of a list that has got empty.
  #take(mark) {
    if (!mark || mark === this.#mark) return;
    this.#mark = mark;
    mark.setAttribute("role", "status");
    this.#show(this.#state);
  }

  #show(state) {
    const words = WORDS[state](this.#readAt);
    this.#state = this.#mark.dataset.mark = state;
    this.#mark.dataset.asOf = full.format(this.#readAt);
    if (this.#mark.firstElementChild.textContent !== words) this.#mark.firstElementChild.textContent = words;
  }

  #start() {
    if (this.#state === "gone" || document.hidden) return;
    this.#timer ??= setInterval(() => this.#tick(), TICK);
    if (this.#hasStream && !this.#source) this.#open();
    // The page has just been read, as a rule.
    if (!this.#hasStream && Date.now() - this.#readAt > TICK) this.refresh();
    else if (!this.#hasStream) this.#show("paced");
  }

  #rest() {
    clearInterval(this.#timer);
    clearTimeout(this.#waiting);
    this.#source?.close();
    this.#timer = this.#source = null;
    this.#streaming = false;
    this.#waiting = 0;
  }

  // The network has changed: a stream may be dead without knowing, and a server on this machine may still be there.
  #lookAround() {
    if (!this.#timer) return;
    this.#rest();
    this.#start();
    this.refresh();
  }

  #open() {
    this.#opensAt = Date.now() + CUT;
    const source = (this.#source = new EventSource(this.#mark.dataset.live));
    source.addEventListener("changed", () => {
      this.#streaming = true;
      this.#why = "polling";
      this.#soon();
    });
    source.addEventListener("error", () => {
      this.#streaming = false;
      if (this.#state === "live" || this.#state === "off") this.#show(this.#why);
      if (source.readyState === EventSource.CLOSED) this.#askWhy(source);
    });
  }

  // An EventSource does not tell how it was refused. When there is room by now it is opened at the next tick.
  async #askWhy(source) {
    const stop = new AbortController();
    try {
      const answer = await fetch(this.#mark.dataset.live, { redirect: "manual", signal: stop.signal });
      if (source !== this.#source) return;
      this.#why = answer.status === 429 ? "crowded" : "polling";
      const pause = 1_000 * Number(answer.headers.get("Retry-After") ?? 0);
      if (pause) this.#opensAt = Date.now() + pause;
      if (this.#state === "polling" || this.#state === "crowded") this.#show(this.#why);
    } catch {
      this.#why = "polling";
    } finally {
      stop.abort();
    }
  }

  // News that come quickly one after another are read together.
  #soon() {
    const pause = this.#state === "off" ? 0 : this.#readAt + 1_000 * Number(this.#mark.dataset.pause ?? 0) - Date.now();
    if (pause <= 0) this.refresh();
    else this.#waiting ||= setTimeout(() => this.refresh(), pause);
  }

  #tick() {
    const isCut = this.#source?.readyState === EventSource.CLOSED;
    if (isCut && Date.now() >= this.#opensAt) this.#open();
    if (Date.now() - this.#readAt >= this.#pace) this.refresh();
  }

  // After how many milliseconds it looks unasked.
  get #pace() {
    if (this.#state === "stale") return 0;
    if (this.#streaming) return document.querySelector("[data-open]") ? PACE : CHECK;
    return this.#hasStream ? 0 : Number(this.#mark.dataset.pace ?? PACE);
  }

  async refresh() {
    clearTimeout(this.#waiting);
    this.#waiting = 0;
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
      if (this.#again) this.#soon();
    }
  }

  async #read() {
    const address = this.#address;
    const response = await fetch(address, { headers: { "HX-Request": "true" }, redirect: "manual", signal: AbortSignal.timeout(PATIENCE) });
    if ([401, 403, 404].includes(response.status)) return this.#end(response.status);
    if (!response.ok) throw new Error(response.status);
    const html = await response.text();
    this.#readAt = Date.now();
    this.#show(this.#streaming ? "live" : this.#hasStream ? this.#why : "paced");
    await letGo;
    const content = html.replaceAll(TOKEN, "");
    // What was asked for before the reader went on to other news; and while something is being sent its place stays.
    if (content === this.#shown || address !== this.#address || document.querySelector("main .htmx-request")) return;
    take(html);
    this.#take(document.getElementById("live-mark"));
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
    else tell(gettext("This is no longer there for you."), { text: gettext("Go to your fleets"), href: "/" });
  }
}

// What is pressed stays in its place until it is let go: a click is lost when its target moves away under it.
let letGo = Promise.resolve();
let release = () => {};
document.addEventListener("pointerdown", () => {
  letGo = new Promise((done) => {
    release = done;
    setTimeout(done, PRESS);
  });
}, { capture: true });
// After the click, which comes last.
for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => setTimeout(release), { capture: true });

// Changes the parts of the page that the answer has.
function take(html) {
  const answer = new DOMParser().parseFromString(html, "text/html");
  const whole = answer.getElementById("main");
  const focused = document.activeElement;
  if (whole) document.title = answer.title;
  for (const part of whole ? [whole] : [...answer.body.children]) {
    const place = part.id && document.getElementById(part.id);
    if (place) takePart(place, part);
  }
  keepFocus(focused);
  tellChange(false);
}

function takePart(place, part) {
  const swap = part.getAttribute("hx-swap-oob");
  part.removeAttribute("hx-swap-oob");
  showMoments(part);
  if (swap === "innerHTML") takeChildren(place, part);
  else morph(place, part);
  htmx.process(place);
  htmx.trigger(place, "htmx:load");
}

// What is put elsewhere loses the focus, and so does what has gone: its neighbourhood then has it.
function keepFocus(focused) {
  if (focused === document.activeElement || focused === document.body) return;
  const same = focused.isConnected ? focused : focused.id && document.getElementById(focused.id);
  enter(same || document.getElementById("main"));
}

function statuses() {
  return new Map([...document.querySelectorAll("[data-announce]")].map((entry) => [entry.id, entry.dataset.announce]));
}

// What the page said of each action at the last look.
let known = statuses();

function tellChange(withNew) {
  const before = known;
  known = statuses();
  const changed = [...known].find(([id, text]) => before.get(id) !== text && (withNew || before.has(id)));
  if (changed) announce(changed[1]);
}

let quiet;
function announce(text) {
  const line = document.getElementById("announcement");
  if (!line) return;
  line.textContent = text;
  clearTimeout(quiet);
  quiet = setTimeout(() => (line.textContent = ""), 8_000);
}

const mark = document.getElementById("live-mark");
if (mark) new Live(mark);
