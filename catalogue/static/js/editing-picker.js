// Something is typed, and picked among what the server suggests (the ARIA combobox pattern).

const WAIT = 150; // milliseconds after the last key, before something is asked

let lists = 0;

export function element(name, className, text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

// Whatever is typed into `input` is asked for at `address()`; what is picked goes to `onPick`.
export class Picker {
  constructor(input, address, onPick) {
    lists += 1;
    Object.assign(this, { input, address, onPick, active: -1, picks: [], options: [] });
    this.list = element("div", "suggestions-list");
    this.list.id = `picks-${lists}`;
    this.list.hidden = true;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", input.getAttribute("aria-label") || input.placeholder);
    const box = element("div", "has-suggestions picker");
    input.replaceWith(box);
    box.append(input, this.list);
    const attributes = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false" };
    for (const [name, value] of Object.entries({ ...attributes, "aria-controls": this.list.id })) {
      input.setAttribute(name, value);
    }
    input.addEventListener("input", (event) => event.isComposing || this.askSoon());
    input.addEventListener("compositionend", () => this.askSoon());
    input.addEventListener("keydown", (event) => this.onKey(event));
    input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
  }

  askSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), WAIT);
  }

  async ask() {
    this.request?.abort();
    const text = this.input.value.trim();
    if (!text) {
      this.close();
      return;
    }
    this.request = new AbortController();
    try {
      const answer = await fetch(this.address(text), { signal: this.request.signal });
      const { picks } = answer.ok ? await answer.json() : { picks: [] };
      if (document.activeElement === this.input && this.input.value.trim() === text) {
        this.show(picks);
      }
    } catch (error) {
      this.close();
    }
  }

  show(picks) {
    this.picks = picks;
    this.options = picks.map((pick, number) => {
      const option = element("div", "pick");
      option.id = `${this.list.id}-${number}`;
      option.setAttribute("role", "option");
      option.append(element("span", "suggestion-text", pick.text), element("span", "suggestion-note", pick.note));
      option.addEventListener("click", () => this.pick(number));
      return option;
    });
    this.list.replaceChildren(...this.options);
    this.setOpen(picks.length > 0);
    this.move(picks.length ? 0 : -1);
    this.list.scrollIntoView({ block: "nearest" });
  }

  onKey(event) {
    if (event.isComposing || event.altKey || event.ctrlKey) {
      return;
    }
    const last = this.options.length - 1;
    const isOpen = !this.list.hidden;
    if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      this.close();
    } else if (event.key === "Enter" && this.input.value.trim()) {
      event.preventDefault();
      event.stopPropagation();
      this.pick(isOpen ? this.active : -1);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && last >= 0) {
      event.preventDefault();
      this.setOpen(true);
      const next = this.active + (event.key === "ArrowDown" ? 1 : -1);
      this.move(next < 0 ? last : next > last ? 0 : next);
    }
  }

  pick(number) {
    const text = this.input.value.trim();
    const pick = this.picks[number] || { value: text, text, note: "" };
    this.close();
    this.onPick(pick);
  }

  move(to) {
    this.options.forEach((option, number) => option.setAttribute("aria-selected", String(number === to)));
    this.active = to;
    if (to >= 0) {
      this.options[to].scrollIntoView({ block: "nearest" });
      this.input.setAttribute("aria-activedescendant", this.options[to].id);
    } else {
      this.input.removeAttribute("aria-activedescendant");
    }
  }

  setOpen(open) {
    this.list.hidden = !open;
    this.input.setAttribute("aria-expanded", String(open));
  }

  close() {
    clearTimeout(this.timer);
    this.request?.abort();
    this.picks = [];
    this.options = [];
    this.list.replaceChildren();
    this.input.removeAttribute("aria-activedescendant");
    this.setOpen(false);
  }
}
