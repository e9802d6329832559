// Suggestions beneath the search boxes while somebody types. Without this file they are plain search boxes.

import { Combobox } from "./combobox.js";

const MOST = 4; // of each group
const { suggestions, found } = document.querySelector("script[data-suggestions]").dataset;

for (const input of document.querySelectorAll('form[role="search"] input[name="q"]')) {
  new Combobox(input, {
    addressOf: (text) => `${suggestions}?${new URLSearchParams({ q: text, limit: MOST })}`,
    groupsOf: ({ groups }) => groups.map((group) => ({ label: group.label, options: group.suggestions })),
    found,
  });
}
