// Forms whose choices take effect at once, and addresses without empty arguments. Without this file every form still
// works by its button.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-auto-submit] select, [data-auto-submit] input[type=checkbox]")) {
    event.target.form.requestSubmit();
  }
});

document.addEventListener("submit", (event) => {
  if (event.target.method !== "get") {
    return; // what writes is sent as a whole
  }
  for (const field of event.target.elements) {
    if (field.name && !field.value) {
      field.disabled = true;
    }
  }
});

// The browser brings back a page as it was left: with its empty fields disabled.
window.addEventListener("pageshow", () => {
  for (const field of document.querySelectorAll("form [disabled]")) {
    field.disabled = false;
  }
});

// A menu closes when something else is wanted.
function closeMenus(event) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (event.key === "Escape" || (event.type === "click" && !menu.contains(event.target))) {
      menu.open = false;
    }
  }
}
document.addEventListener("click", closeMenus);
document.addEventListener("keydown", closeMenus);
