// The form of an entry: lists as rows, things picked by typing, numbers read while they are typed, what is typed kept.
// Without this file every list is a text of lines, and everything works by the buttons.

import { element, Picker } from "./editing-picker.js";
import { Rows } from "./editing-rows.js";

const WAIT = 300; // milliseconds after the last key, before a number is read
const KEEP_AFTER = 3000; // after the last change, before the form is kept

// Links: the record of each row is picked among those that its relation may lead to.
function linkRows(box) {
  const attach = (row) => {
    const [select, input] = row.querySelectorAll("select, input");
    const address = (text) =>
      `${box.dataset.address}?${new URLSearchParams({ q: text, kind: box.dataset.kind, way: select.value })}`;
    new Picker(input, address, (pick) => {
      input.value = pick.value;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    });
  };
  const spare = box.lastElementChild.cloneNode(true);
  [...box.children].forEach(attach);
  const adding = document.querySelector("[data-link-add]");
  adding.hidden = false;
  adding.querySelector("button").addEventListener("click", () => {
    const number = box.children.length + 1;
    if (number > 20) {
      return;
    }
    const row = spare.cloneNode(true);
    for (const control of row.querySelectorAll("[name]")) {
      control.name = control.name.replace(/\d+/, number);
      control.setAttribute("aria-label", control.getAttribute("aria-label").replace(/\d+/, number));
      if (control.matches("input")) {
        control.value = "";
      }
    }
    box.append(row);
    attach(row);
    row.querySelector("select").focus();
  });
}

// What an application number says of type and year: filled in where they are empty, asked where they differ.
function readNumber(form, input) {
  const says = form.querySelector("[data-number-says]");
  const type = form.elements.patent_type;
  const date = form.elements.date;
  let timer;
  let request;
  async function ask() {
    request?.abort();
    request = new AbortController();
    const query = new URLSearchParams({ q: input.value, type: type.value, filed: date.value });
    try {
      const answer = await fetch(`${input.dataset.number}?${query}`, { signal: request.signal });
      if (answer.ok) {
        show(await answer.json());
      }
    } catch {
      // The server is away: saving itself will say what is wrong.
    }
  }
  function show(said) {
    says.replaceChildren();
    says.classList.toggle("is-wrong", said.is_wrong);
    says.classList.toggle("is-asked", !said.is_wrong && said.remarks.length > 0);
    if (said.type && !type.value) {
      type.value = said.type;
    }
    // What the server said of the number as it was sent is out of date now.
    document.getElementById("problem-application_number")?.setAttribute("hidden", "");
    says.append([said.words, ...said.remarks].filter(Boolean).join(" · "));
    if (said.is_wrong && said.number) {
      const button = element("button", "btn btn-quiet btn-small", says.dataset.use.replace("{number}", said.number));
      button.type = "button";
      button.addEventListener("click", () => {
        input.value = said.number;
        input.focus();
        ask();
      });
      says.append(" ", button);
    } else if (said.number && document.activeElement !== input) {
      input.value = said.number;
    }
  }
  function askSoon() {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  }
  for (const each of [input, type, date]) {
    each.addEventListener("input", askSoon);
    each.addEventListener("change", askSoon);
  }
  if (input.value) {
    ask();
  }
}

// What is typed is kept on the server until it is saved.
class Keeper {
  constructor(form) {
    this.form = form;
    this.said = form.querySelector("[data-kept]");
    this.dirty = false;
    form.addEventListener("input", () => this.later());
    form.addEventListener("change", () => this.later());
    form.addEventListener("submit", () => this.stop());
    document.addEventListener("visibilitychange", () => document.hidden && this.keep());
  }

  later() {
    this.dirty = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), KEEP_AFTER);
  }

  stop() {
    this.dirty = false;
    clearTimeout(this.timer);
    this.request?.abort();
  }

  async keep() {
    if (!this.dirty) {
      return;
    }
    this.dirty = false;
    const content = new FormData(this.form);
    const title = ["title", "name", "basis", "code"].map((name) => content.get(name)).find(Boolean) || "";
    content.set("form-address", this.form.getAttribute("action"));
    content.set("form-title", title.slice(0, 200));
    this.request = new AbortController();
    try {
      const options = { method: "POST", body: content, signal: this.request.signal };
      const answer = await fetch(this.form.dataset.keep, options);
      if (answer.ok) {
        const { at } = await answer.json();
        this.said.textContent = ` · ${this.said.dataset.kept.replace("{time}", at)}`;
      } else {
        this.said.textContent = ` · ${this.said.dataset.lost}`;
      }
    } catch {
      this.dirty = true;
    }
  }
}

function moveOn(form, from) {
  const controls = [...form.elements].filter(
    (each) => !each.disabled && each.tabIndex >= 0 && each.type !== "hidden" && each.offsetParent !== null,
  );
  controls[controls.indexOf(from) + 1]?.focus();
}

function keys(form) {
  form.addEventListener("keydown", (event) => {
    if (event.isComposing || event.key !== "Enter") {
      return;
    }
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("button[name=action]"));
    } else if (event.target.matches("input, select")) {
      event.preventDefault();
      moveOn(form, event.target);
    }
  });
  form.querySelector("[data-keys]").hidden = false;
}

// The first problem, else the first field, is where typing begins.
function focusFirst(form) {
  const invalid = form.querySelector("[aria-invalid]:not([hidden])");
  const first = form.querySelector(".entry input:not([hidden]), .entry select, .entry textarea:not([hidden])");
  if (!location.hash) {
    (invalid || first)?.focus({ preventScroll: !invalid });
  }
}

for (const form of document.querySelectorAll("[data-entry-form]")) {
  form.querySelectorAll("textarea[data-rows]").forEach((area) => new Rows(area));
  form.querySelectorAll("[data-link-rows]").forEach(linkRows);
  form.querySelectorAll("[data-number]").forEach((input) => readNumber(form, input));
  keys(form);
  new Keeper(form);
  focusFirst(form);
}
