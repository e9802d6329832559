// Lists that are typed one entry a line, as rows: picked, put in order by dragging and by keys, written back as lines.

import { Combobox } from "./combobox.js";
import { element } from "./dom.js";

// How a line of each sort is put into its row, and made of it again.
const SORTS = {
  people: {
    fill(row, line) {
      const [, name, role] = line.match(/^(.*?)(?:\/([^/]*))?$/u);
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
      const match = line.match(/^(.*?)\s+(\d+(?:\.\d+)?)\s*[%％]\s*(.*)$/u);
      row.querySelector(".row-text").textContent = match ? `${match[1]} ${match[3]}`.trim() : line;
      row.querySelector("input").value = match ? match[2] : "100";
    },
    line(row) {
      const [code, ...title] = row.querySelector(".row-text").textContent.split(" ");
      const percent = `${row.querySelector("input").value.trim() || "100"}%`;
      return /^\S+-\S+$/u.test(code) ? [code, percent, ...title].join(" ") : `${[code, ...title].join(" ")} ${percent}`;
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

export class Rows {
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
    new Combobox(input, {
      addressOf: (text) => `${this.area.dataset.address}?${new URLSearchParams({ q: text })}`,
      groupsOf: ({ picks }) => [{ options: picks }],
      found: this.area.form.dataset.found,
      onPick: (pick) => {
        this.add(pick.value);
        input.value = "";
        input.focus();
      },
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
