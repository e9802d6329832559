// The form of an entry: lists as rows, things picked by typing, numbers read while they are typed, what is typed kept.
// Without this file every list is a text of lines, and everything works by the buttons.

import { Combobox } from "./combobox.js";
import { element } from "./dom.js";
import { DraftKeeper } from "./editing-draft.js";
import { NumberReader } from "./editing-number.js";
import { Rows } from "./editing-rows.js";

// Links: the record of each row is picked among those that its relation may lead to.
function linkRows(box) {
  const attach = (row) => {
    const [select, input] = row.querySelectorAll("select, input");
    const { address, kind } = box.dataset;
    const place = element("div", "picker");
    input.replaceWith(place);
    place.append(input);
    new Combobox(input, {
      addressOf: (text) => `${address}?${new URLSearchParams({ q: text, kind, way: select.value })}`,
      groupsOf: ({ picks }) => [{ options: picks }],
      found: box.closest("form").dataset.found,
      onPick: (pick) => {
        input.value = pick.value;
        input.dispatchEvent(new Event("change", { bubbles: true }));
      },
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
      control.name = control.name.replace(/\d+/u, number);
      control.setAttribute("aria-label", control.getAttribute("aria-label").replace(/\d+/u, number));
      if (control.matches("input")) {
        control.value = "";
      }
    }
    box.append(row);
    attach(row);
    row.querySelector("select").focus();
  });
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
  form.querySelectorAll("[data-number]").forEach((input) => new NumberReader(form, input));
  keys(form);
  new DraftKeeper(form);
  focusFirst(form);
}
