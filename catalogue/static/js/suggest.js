// Suggestions beneath a search box while somebody types (the ARIA combobox pattern with a grouped list).
// Without this file the boxes are plain search boxes.
"use strict";

{
  const { url, found: foundText } = document.currentScript.dataset;
  const WAIT = 120; // milliseconds after the last key
  const MOST = 4; // of each group

  class SuggestionBox {
    constructor(input, number) {
      this.input = input;
      this.active = -1;
      this.options = [];
      this.list = document.createElement("div");
      this.list.className = "suggestions-list";
      this.list.id = `suggestions-${number}`;
      this.list.setAttribute("role", "listbox");
      this.list.setAttribute("aria-label", input.getAttribute("aria-label"));
      this.list.hidden = true;
      this.status = document.createElement("span");
      this.status.className = "visually-hidden";
      this.status.setAttribute("role", "status");
      input.form.classList.add("has-suggestions");
      input.form.append(this.list, this.status);
      for (const [name, value] of Object.entries({
        role: "combobox",
        autocomplete: "off",
        "aria-autocomplete": "list",
        "aria-expanded": "false",
        "aria-controls": this.list.id,
      })) {
        input.setAttribute(name, value);
      }
      input.addEventListener("input", (event) => event.isComposing || this.askSoon());
      input.addEventListener("compositionend", () => this.askSoon());
      input.addEventListener("keydown", (event) => this.onKey(event));
      input.addEventListener("blur", () => setTimeout(() => this.close(), 150)); // after a click on the list
      // A click must not take the focus away before it has its effect.
      this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    }

    askSoon() {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.ask(), WAIT);
    }

    async ask() {
      this.request?.abort();
      const text = this.input.value.trim();
      if (!text || text.length > 100) {
        this.close();
        return;
      }
      this.request = new AbortController();
      try {
        const address = `${url}?${new URLSearchParams({ q: text, limit: MOST })}`;
        const answer = await fetch(address, { signal: this.request.signal });
        if (!answer.ok) {
          this.close();
          return;
        }
        const { groups } = await answer.json();
        if (document.activeElement === this.input) {
          this.show(groups);
        }
      } catch (error) {
        if (error.name !== "AbortError") {
          this.close(); // the server is away: searching itself will say so
        }
      }
    }

    show(groups) {
      this.options = [];
      this.list.replaceChildren(...groups.map((group) => this.groupOf(group)));
      this.move(-1);
      this.setOpen(this.options.length > 0);
      this.status.textContent = foundText.replace("{number}", this.options.length);
    }

    groupOf(group) {
      const section = document.createElement("div");
      section.setAttribute("role", "group");
      const heading = document.createElement("span");
      heading.className = "suggestions-label";
      heading.id = `${this.list.id}-${group.group}`;
      heading.textContent = group.label;
      section.setAttribute("aria-labelledby", heading.id);
      section.append(heading, ...group.suggestions.map((each) => this.optionOf(each)));
      return section;
    }

    optionOf({ text, note, url: target }) {
      const option = document.createElement("a");
      option.href = target;
      option.tabIndex = -1;
      option.id = `${this.list.id}-option-${this.options.length}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      const name = document.createElement("span");
      name.className = "suggestion-text";
      name.lang = "zh-CN";
      name.textContent = text;
      const beside = document.createElement("span");
      beside.className = "suggestion-note";
      beside.textContent = note;
      option.append(name, beside);
      this.options.push(option);
      return option;
    }

    onKey(event) {
      if (event.isComposing) {
        return;
      }
      const last = this.options.length - 1;
      if (event.key === "Escape" && !this.list.hidden) {
        event.preventDefault();
        this.close();
      } else if (event.key === "Enter" && this.active >= 0 && !this.list.hidden) {
        event.preventDefault();
        this.options[this.active].click();
      } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && last >= 0) {
        event.preventDefault();
        if (this.list.hidden) {
          this.setOpen(true);
        }
        const step = event.key === "ArrowDown" ? 1 : -1;
        const next = this.active + step;
        this.move(next < -1 ? last : next > last ? -1 : next);
      }
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
      clearTimeout(this.timer);
      this.request?.abort();
      this.move(-1);
      this.setOpen(false);
    }
  }

  document.querySelectorAll('form[role="search"] input[name="q"]').forEach((input, number) => {
    new SuggestionBox(input, number);
  });
}
