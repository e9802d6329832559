// What is typed is kept on the server until it is saved.

const KEEP_AFTER = 3000; // milliseconds after the last change

export class DraftKeeper {
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
