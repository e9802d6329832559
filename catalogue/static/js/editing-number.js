// What an application number says of type and year: filled in where they are empty, asked where they differ.

import { element } from "./dom.js";

const WAIT = 300; // milliseconds after the last key, before a number is read

export class NumberReader {
  constructor(form, input) {
    const { patent_type: type, date } = form.elements;
    Object.assign(this, { input, type, date, says: form.querySelector("[data-number-says]") });
    for (const each of [input, type, date]) {
      each.addEventListener("input", () => this.askSoon());
      each.addEventListener("change", () => this.askSoon());
    }
    if (input.value) {
      this.ask();
    }
  }

  askSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), WAIT);
  }

  async ask() {
    this.request?.abort();
    this.request = new AbortController();
    const query = new URLSearchParams({ q: this.input.value, type: this.type.value, filed: this.date.value });
    try {
      const answer = await fetch(`${this.input.dataset.number}?${query}`, { signal: this.request.signal });
      if (answer.ok) {
        this.show(await answer.json());
      }
    } catch {
      // The server is away: saving itself will say what is wrong.
    }
  }

  show(said) {
    this.says.classList.toggle("is-wrong", said.is_wrong);
    this.says.classList.toggle("is-asked", !said.is_wrong && said.remarks.length > 0);
    if (said.type && !this.type.value) {
      this.type.value = said.type;
    }
    // What the server said of the number as it was sent is out of date now.
    document.getElementById("problem-application_number")?.setAttribute("hidden", "");
    this.says.replaceChildren([said.words, ...said.remarks].filter(Boolean).join(" · "));
    if (said.is_wrong && said.number) {
      this.says.append(" ", this.buttonFor(said.number));
    } else if (said.number && document.activeElement !== this.input) {
      this.input.value = said.number;
    }
  }

  // The number as it should be, to be taken with a click.
  buttonFor(number) {
    const button = element("button", "btn btn-quiet btn-small", this.says.dataset.use.replace("{number}", number));
    button.type = "button";
    button.addEventListener("click", () => {
      this.input.value = number;
      this.input.focus();
      this.ask();
    });
    return button;
  }
}
