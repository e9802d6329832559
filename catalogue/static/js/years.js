// Dragging over the small chart of years chooses from which to which: it fills in the two fields beneath and submits
// them. A plain click follows the link of its bar, Escape gives up, and without this file the fields do the same.

const SHORTEST_DRAG = 5; // pixels; less is a click with an unsteady hand

function swallow(event) {
  event.preventDefault();
  event.stopPropagation();
}

class YearsChart {
  constructor(fieldset, chart) {
    this.fieldset = fieldset;
    this.chart = chart;
    this.plot = chart.querySelector(".chart-plot");
    this.years = chart.dataset.years.split(" ");
    this.range = fieldset.querySelector("[data-years-range]");
    this.band = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    this.band.setAttribute("class", "years-band");
    this.band.setAttribute("height", "100%");
    this.drag = null;
    fieldset.querySelector("[data-years-hint]").hidden = false;
    chart.classList.add("is-draggable");
    chart.addEventListener("pointerdown", (event) => this.begin(event));
    chart.addEventListener("pointermove", (event) => this.follow(event));
    chart.addEventListener("pointerup", (event) => this.finish(event));
    chart.addEventListener("pointercancel", () => this.end());
    chart.addEventListener("dragstart", (event) => event.preventDefault()); // the browser would carry off the link
    document.addEventListener("keydown", (event) => this.giveUp(event));
  }

  begin(event) {
    if (event.isPrimary && event.button === 0) {
      this.drag = { pointer: event.pointerId, x: event.clientX, from: this.placeAt(event.clientX), to: null };
    }
  }

  follow(event) {
    const { drag } = this;
    if (event.pointerId !== drag?.pointer) {
      return;
    }
    if (drag.to === null && Math.abs(event.clientX - drag.x) < SHORTEST_DRAG) {
      return;
    }
    this.chart.setPointerCapture(event.pointerId);
    drag.to = this.placeAt(event.clientX);
    this.show();
  }

  finish(event) {
    if (event.pointerId !== this.drag?.pointer) {
      return;
    }
    if (this.drag.to !== null) {
      this.swallowClick();
      this.submit();
    }
    this.end();
  }

  giveUp(event) {
    if (event.key === "Escape" && this.drag) {
      // The pointer is still down: let the click that comes when it is lifted do nothing.
      this.chart.addEventListener("pointerup", () => this.swallowClick(), { once: true });
      this.end();
    }
  }

  end() {
    this.drag = null;
    this.band.remove();
    this.range.value = "";
  }

  placeAt(x) {
    const { left, width } = this.plot.getBoundingClientRect();
    const place = Math.floor(((x - left) / width) * this.years.length);
    return Math.min(Math.max(place, 0), this.years.length - 1);
  }

  // The places of the first and the last year of the drag.
  ends() {
    return [this.drag.from, this.drag.to].sort((a, b) => a - b);
  }

  show() {
    const { years } = this;
    const [first, last] = this.ends();
    this.band.setAttribute("x", `${(first / years.length) * 100}%`);
    this.band.setAttribute("width", `${((last - first + 1) / years.length) * 100}%`);
    this.plot.prepend(this.band);
    this.range.value = first === last ? years[first] : `${years[first]}–${years[last]}`;
  }

  submit() {
    const [first, last] = this.ends();
    const form = this.fieldset.closest("form");
    form.elements.year_from.value = this.years[first];
    form.elements.year_to.value = this.years[last];
    form.requestSubmit();
  }

  // The click that follows a drag must not open the bar under the pointer.
  swallowClick() {
    this.chart.addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => this.chart.removeEventListener("click", swallow, { capture: true }));
  }
}

for (const fieldset of document.querySelectorAll(".facet-years")) {
  const chart = fieldset.querySelector("[data-years]");
  if (chart?.querySelector(".chart-plot")) {
    new YearsChart(fieldset, chart);
  }
}
