// A text box with a list of suggestions beneath it (the ARIA combobox pattern: the focus stays in the box, the list
// tells by aria-activedescendant where the reader is). There are two sorts. In a box to search with, suggestions are
// links, none is chosen until an arrow key goes to it, and Enter without a choice sends the form. In a box to pick with
// (one that has `onPick`), the first is chosen at once, and Enter takes it, or what was typed where nothing is suggested.

import { element } from "./dom.js";

const WAIT = 120; // milliseconds after the last key, before something is asked
const LONGEST = 100; // characters; more is a text to search with, which nothing completes
const RECORD_LANGUAGE = "zh-CN";

let boxes = 0;

// What names the box names its list too.
function nameOf(input) {
  return input.getAttribute("aria-label") || input.labels[0]?.firstChild.textContent.trim() || input.placeholder;
}

export class Combobox {
  // `addressOf` gives the address to ask for a text, `groupsOf` makes [{label, options}] of its answer: a label may be
  // missing, and an option has `text`, `note`, and `url` or whatever `onPick` wants of it. `found` is how the number of
  // suggestions is told, with {number} in it.
  constructor(input, { addressOf, groupsOf, found, onPick = null }) {
    boxes += 1;
    Object.assign(this, { input, addressOf, groupsOf, found, onPick });
    Object.assign(this, { active: -1, options: [], choices: [], shownFor: "" });
    this.list = element("div", "suggestions-list");
    this.list.id = `suggestions-${boxes}`;
    this.list.hidden = true;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", nameOf(input));
    this.status = element("span", "visually-hidden");
    this.status.setAttribute("role", "status");
    input.parentElement.classList.add("has-suggestions");
    input.parentElement.append(this.list, this.status);
    input.autocomplete = "off";
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", this.list.id);
    input.addEventListener("input", (event) => event.isComposing || this.askSoon());
    input.addEventListener("compositionend", () => this.askSoon());
    input.addEventListener("keydown", (event) => this.onKey(event));
    input.addEventListener("blur", () => this.close());
    // A click must not take the focus away before it has its effect.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
  }

  get text() {
    return this.input.value.trim();
  }

  get isOpen() {
    return !this.list.hidden;
  }

  askSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), WAIT);
  }

  async ask() {
    this.stopAsking();
    const { text } = this;
    if (!text || text.length > LONGEST) {
      this.show([], text);
      return;
    }
    this.request = new AbortController();
    const { signal } = this.request;
    let groups = [];
    try {
      const answer = await fetch(this.addressOf(text), { signal });
      groups = answer.ok ? this.groupsOf(await answer.json()) : [];
    } catch {
      // The server is away: what the box is for will say so.
    }
    if (!signal.aborted && document.activeElement === this.input) {
      this.show(groups, text);
    }
  }

  stopAsking() {
    clearTimeout(this.timer);
    this.request?.abort();
  }

  show(groups, text) {
    this.shownFor = text;
    this.options = [];
    this.choices = [];
    this.list.replaceChildren(...groups.flatMap((group) => this.elementsOf(group)));
    this.setOpen(this.options.length > 0);
    this.move(this.onPick && this.isOpen ? 0 : -1);
    this.status.textContent = this.isOpen ? this.found.replace("{number}", this.options.length) : "";
    if (this.isOpen) {
      this.list.scrollIntoView({ block: "nearest" });
    }
  }

  elementsOf({ label, options }) {
    const made = options.map((option) => this.optionOf(option));
    if (!label) {
      return made;
    }
    const heading = element("span", "suggestions-label", label);
    heading.id = `${this.list.id}-heading-${this.options.length}`;
    const group = element("div", "");
    group.setAttribute("role", "group");
    group.setAttribute("aria-labelledby", heading.id);
    group.append(heading, ...made);
    return [group];
  }

  optionOf(choice) {
    const place = this.options.length;
    const option = element(choice.url ? "a" : "div", "suggestion");
    if (choice.url) {
      option.href = choice.url;
      option.tabIndex = -1;
    } else {
      option.addEventListener("click", () => this.pick(place));
    }
    option.id = `${this.list.id}-option-${place}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    const text = element("span", "suggestion-text", choice.text);
    text.lang = RECORD_LANGUAGE;
    option.append(text, element("span", "suggestion-note", choice.note));
    this.options.push(option);
    this.choices.push(choice);
    return option;
  }

  onKey(event) {
    const isShortcut = event.isComposing || event.altKey || event.ctrlKey || event.metaKey;
    const act = isShortcut ? null : this.actionFor(event.key);
    if (act) {
      event.preventDefault();
      event.stopPropagation();
      act();
    }
  }

  // What a key does here; null where it does what it does in any text box.
  actionFor(key) {
    const hasChoice = this.onPick ? this.text : this.isOpen && this.active >= 0;
    const actions = {
      ArrowDown: () => this.step(1),
      ArrowUp: () => this.step(-1),
      Enter: hasChoice ? () => this.choose() : null,
      Escape: this.isOpen ? () => this.close() : null,
    };
    return actions[key];
  }

  // Enter: the choice where there is one, else what was typed.
  async choose() {
    if (!this.onPick) {
      this.options[this.active].click();
      return;
    }
    const { text } = this;
    if (this.shownFor !== text) {
      await this.ask(); // whoever types fast means what they typed, not what the list still says
    }
    if (this.text === text) {
      this.pick(this.isOpen ? this.active : -1);
    }
  }

  pick(place) {
    const { text } = this;
    const choice = this.choices[place] || { value: text, text, note: "" };
    this.stopAsking();
    this.show([], "");
    this.onPick(choice);
  }

  // From the last suggestion to the first, in a box to search with by way of the box itself.
  step(by) {
    if (!this.options.length) {
      this.ask();
      return;
    }
    const first = this.onPick ? 0 : -1;
    const places = this.options.length - first;
    const next = this.isOpen || !this.onPick ? this.active + by : first;
    this.setOpen(true);
    this.move(first + ((next - first + places) % places));
  }

  move(to) {
    this.options[this.active]?.setAttribute("aria-selected", "false");
    this.active = to;
    const option = this.options[to];
    if (option) {
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      this.input.setAttribute("aria-activedescendant", option.id);
    } else {
      this.input.removeAttribute("aria-activedescendant");
    }
  }

  setOpen(open) {
    this.list.hidden = !open;
    this.input.setAttribute("aria-expanded", String(open));
  }

  close() {
    this.stopAsking();
    this.move(-1);
    this.setOpen(false);
  }
}
