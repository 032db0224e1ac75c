// A place by what one types of its name: what is found is buttons below the field, the fleet's own places first. Where
// there are such (data-saved), they show as soon as one is in the field.
import { gettext } from "../words.js";

const WAIT = 200;
const MOST = 8;

export class PlaceSearch {
  #field;
  #list;
  #chosen;
  #timer;
  #turn = 0;
  #isChosen = false;

  constructor(box, chosen) {
    this.#field = box.querySelector("input");
    this.#list = box.querySelector("[data-route-found]");
    this.#chosen = chosen;
    box.hidden = false;
    this.#field.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#ask(), WAIT);
    });
    if ("saved" in this.#field.dataset) this.#field.addEventListener("focus", () => this.#field.value || this.#isChosen || this.#ask());
    // What was typed before the map was there.
    if (document.activeElement === this.#field && this.#field.value) this.#ask();
    // Enter takes the first one, and does not send the form.
    this.#field.addEventListener("keydown", async (event) => {
      if (event.key === "ArrowDown") this.#list.querySelector("button")?.focus();
      if (event.key !== "Enter") return;
      event.preventDefault();
      clearTimeout(this.#timer);
      await this.#ask();
      this.#list.querySelector("button")?.click();
    });
  }

  get wordsAddress() {
    return this.#field.dataset.say;
  }

  async #ask() {
    const turn = (this.#turn += 1);
    const typed = this.#field.value.trim();
    const places = typed || "saved" in this.#field.dataset ? await found(this.#field.dataset.search, typed) : [];
    if (turn !== this.#turn) return;
    this.#list.hidden = !typed && !places.length;
    this.#list.replaceChildren(...(places.length ? places.slice(0, MOST).map((place) => this.#row(place)) : [nothing()]));
  }

  #row(place) {
    const row = document.createElement("li");
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button small-button" });
    button.classList.toggle("saved-place", Boolean(place.saved));
    button.textContent = [place.name, place.country].filter(Boolean).join(", ");
    button.addEventListener("click", () => {
      this.#field.value = "";
      this.#list.hidden = true;
      this.#list.replaceChildren();
      // What is there to choose shows again when one comes back to the field.
      this.#isChosen = true;
      this.#field.focus();
      this.#isChosen = false;
      this.#chosen(place);
    });
    row.append(button);
    return row;
  }
}

function nothing() {
  return Object.assign(document.createElement("li"), { className: "hint", textContent: gettext("No such place is known. Click on the map instead.") });
}

export async function found(address, typed) {
  try {
    const answer = await fetch(`${address}?${new URLSearchParams({ q: typed })}`);
    return answer.ok ? (await answer.json()).places : [];
  } catch {
    return [];
  }
}

// The words of a place, in the reader's language; nothing where they can't be had.
export async function wordsOf(address, [latitude, longitude]) {
  try {
    const answer = await fetch(`${address}?${new URLSearchParams({ latitude, longitude })}`);
    return answer.ok ? (await answer.json()).words : "";
  } catch {
    return "";
  }
}
