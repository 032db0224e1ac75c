// A place by what one types of its name: the towns that are found are buttons below the field.
import { gettext } from "../words.js";

const WAIT = 200;

export class PlaceSearch {
  #field;
  #list;
  #chosen;
  #timer;
  #turn = 0;

  constructor(box, chosen) {
    this.#field = box.querySelector("input");
    this.#list = box.querySelector("[data-route-found]");
    this.#chosen = chosen;
    box.hidden = false;
    this.#field.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#ask(), WAIT);
    });
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
    const places = typed ? await found(this.#field.dataset.search, typed) : [];
    if (turn !== this.#turn) return;
    this.#list.hidden = !typed;
    this.#list.replaceChildren(...(places.length ? places.map((place) => this.#row(place)) : [nothing()]));
  }

  #row(place) {
    const row = document.createElement("li");
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button small-button" });
    button.textContent = [place.name, place.country].filter(Boolean).join(", ");
    button.addEventListener("click", () => {
      this.#field.value = "";
      this.#list.hidden = true;
      this.#list.replaceChildren();
      this.#field.focus();
      this.#chosen(place);
    });
    row.append(button);
    return row;
  }
}

function nothing() {
  return Object.assign(document.createElement("li"), { className: "hint", textContent: gettext("No such place is known. Click on the map instead.") });
}

async function found(address, typed) {
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
