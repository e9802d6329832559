// The form of an entry: lists as rows, things picked by typing, numbers read while they are typed, what is typed kept.
// Without this file every list is a text of lines, and everything works by the buttons.
"use strict";

{
  const WAIT = 150; // milliseconds after the last key, before something is asked
  const KEEP_AFTER = 3000; // after the last change, before the form is kept
  let lists = 0;

  function element(name, className, text = "") {
    const made = document.createElement(name);
    made.className = className;
    made.textContent = text;
    return made;
  }

  // Whatever is typed into `input` is asked for at `address()`; what is picked goes to `onPick`.
  class Picker {
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

  // How a line of each sort is put into its row, and made of it again.
  const SORTS = {
    people: {
      fill(row, line) {
        const [, name, role] = line.match(/^(.*?)(?:\/([^/]*))?$/);
        row.querySelector(".row-text").textContent = name;
        const select = row.querySelector("select");
        select.value = role || "";
        if (role && select.value !== role) {
          row.querySelector(".row-text").textContent = line;
          select.value = "";
        }
      },
      line(row) {
        const role = row.querySelector("select").value;
        return row.querySelector(".row-text").textContent + (role ? `/${role}` : "");
      },
    },
    shares: {
      fill(row, line) {
        const match = line.match(/^(.*?)\s+(\d+(?:\.\d+)?)\s*[%％]\s*(.*)$/);
        row.querySelector(".row-text").textContent = match ? `${match[1]} ${match[3]}`.trim() : line;
        row.querySelector("input").value = match ? match[2] : "100";
      },
      line(row) {
        const [code, ...title] = row.querySelector(".row-text").textContent.split(" ");
        const percent = `${row.querySelector("input").value.trim() || "100"}%`;
        return /^\S+-\S+$/.test(code) ? [code, percent, ...title].join(" ") : `${[code, ...title].join(" ")} ${percent}`;
      },
    },
    events: {
      fill(row, line) {
        const select = row.querySelector("select");
        const option = [...select.options].find((each) => each.value && line.startsWith(each.value));
        select.value = option ? option.value : "";
        row.querySelector("input").value = option ? line.slice(option.value.length).trim() : line;
      },
      line(row) {
        return `${row.querySelector("select").value} ${row.querySelector("input").value.trim()}`.trim();
      },
    },
  };
  const PLAIN = {
    fill(row, line) {
      row.querySelector(".row-text").textContent = line;
    },
    line(row) {
      return row.querySelector(".row-text").textContent;
    },
  };

  class Rows {
    constructor(area) {
      this.area = area;
      this.sort = area.dataset.rows;
      this.template = document.querySelector(`template[data-row="${this.sort}"]`);
      this.how = SORTS[this.sort] || PLAIN;
      this.usual = (area.dataset.usual || "").split("|");
      this.label = document.querySelector(`label[for="${area.id}"]`);
      this.list = element(this.sort === "people" || this.sort === "divisions" ? "ol" : "ul", "rows");
      this.list.setAttribute("aria-label", this.label.firstChild.textContent.trim());
      this.adder = area.dataset.address ? this.makePicker() : this.makeButton();
      for (const line of area.value.split("\n").filter((each) => each.trim())) {
        this.list.append(this.row(line.trim()));
      }
      area.hidden = true;
      this.said = element("span", "visually-hidden");
      this.said.setAttribute("role", "status");
      area.after(this.list, this.said, this.adder);
      const hint = document.getElementById(`hint-${area.name}`);
      if (hint) {
        hint.textContent = this.template.dataset.hint;
        hint.hidden = !hint.textContent;
      }
      this.list.addEventListener("keydown", (event) => this.onKey(event));
      this.list.addEventListener("click", (event) => this.onClick(event));
      this.list.addEventListener("input", () => this.write());
      this.list.addEventListener("change", () => this.write());
      this.list.addEventListener("dragstart", (event) => this.onDrag(event));
      this.list.addEventListener("dragover", (event) => this.onDragOver(event));
      this.list.addEventListener("drop", (event) => event.preventDefault());
      this.number();
    }

    makePicker() {
      const input = element("input", "form-control");
      input.id = `add-${this.area.id}`;
      input.placeholder = this.template.dataset.placeholder;
      input.autocomplete = "off";
      input.dataset.adds = "yes";
      // The list of lines is gone from sight: what named it now names where its rows come from.
      this.label.htmlFor = input.id;
      for (const name of ["aria-describedby", "aria-invalid"]) {
        if (this.area.hasAttribute(name)) {
          input.setAttribute(name, this.area.getAttribute(name));
        }
      }
      if (this.area.autofocus) {
        input.autofocus = true;
      }
      // What was typed and not yet added is meant all the same.
      this.area.form.addEventListener("submit", () => {
        if (input.value.trim()) {
          this.add(input.value.trim());
          input.value = "";
        }
      });
      const box = element("div", "row-add");
      box.append(input);
      const address = (text) => `${this.area.dataset.address}?${new URLSearchParams({ q: text })}`;
      new Picker(input, address, (pick) => {
        this.add(pick.value);
        input.value = "";
        input.focus();
      });
      return box;
    }

    makeButton() {
      const button = element("button", "btn btn-quiet btn-small", this.template.dataset.add);
      button.type = "button";
      button.id = `add-${this.area.id}`;
      button.addEventListener("click", () => {
        this.add("");
        this.list.lastElementChild.querySelector("select, input").focus();
      });
      this.label.htmlFor = button.id;
      const box = element("div", "row-add");
      box.append(button);
      return box;
    }

    row(line) {
      const row = this.template.content.firstElementChild.cloneNode(true);
      if (this.sort === "events") {
        const words = this.area.dataset.words.split("|");
        row.querySelector("select").replaceChildren(...words.map((word) => new Option(word, word)));
      }
      if (line) {
        this.how.fill(row, line);
      }
      const name = row.querySelector(".row-text")?.textContent || "";
      for (const control of row.querySelectorAll("[aria-label]")) {
        control.setAttribute("aria-label", `${control.getAttribute("aria-label")} ${name}`.trim());
      }
      return row;
    }

    add(line) {
      this.list.append(this.row(line));
      this.write();
    }

    number() {
      [...this.list.children].forEach((row, index) => {
        const place = row.querySelector(".row-place");
        if (place) {
          place.textContent = index + 1;
        }
        const usual = row.querySelector("select option[value='']");
        if (usual && this.sort === "people") {
          usual.textContent = this.usual[index === 0 ? 0 : 1];
        }
      });
      this.list.hidden = !this.list.children.length;
    }

    write() {
      this.number();
      this.area.value = [...this.list.children].map((row) => this.how.line(row)).join("\n");
      this.area.dispatchEvent(new Event("input", { bubbles: true }));
    }

    shift(row, step) {
      const other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
      if (!other || !row.draggable) {
        return;
      }
      const focused = document.activeElement;
      if (step < 0) {
        other.before(row);
      } else {
        other.after(row);
      }
      focused.focus();
      this.write();
      const place = [...this.list.children].indexOf(row) + 1;
      this.said.textContent = `${place} ${row.querySelector(".row-text").textContent}`;
    }

    remove(row) {
      const next = row.nextElementSibling || row.previousElementSibling;
      row.remove();
      this.write();
      (next?.querySelector("[data-do=remove]") || document.getElementById(`add-${this.area.id}`)).focus();
    }

    onKey(event) {
      const row = event.target.closest("li");
      if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
        event.preventDefault();
        this.shift(row, event.key === "ArrowUp" ? -1 : 1);
      }
    }

    onClick(event) {
      const button = event.target.closest("[data-do]");
      if (!button) {
        return;
      }
      const row = button.closest("li");
      if (button.dataset.do === "remove") {
        this.remove(row);
      } else {
        this.shift(row, button.dataset.do === "up" ? -1 : 1);
      }
    }

    onDrag(event) {
      this.dragged = event.target.closest("li");
      event.dataTransfer.effectAllowed = "move";
    }

    onDragOver(event) {
      const over = event.target.closest("li");
      if (!this.dragged || !over || over.parentElement !== this.list) {
        return;
      }
      event.preventDefault();
      if (over !== this.dragged) {
        const { top, height } = over.getBoundingClientRect();
        over[event.clientY < top + height / 2 ? "before" : "after"](this.dragged);
        this.write();
      }
    }
  }

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
      timer = setTimeout(ask, 2 * WAIT);
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
}
