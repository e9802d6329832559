// Dragging over the small chart of years chooses from which to which: it fills in the two fields beneath and submits
// them. A plain click follows the link of its bar, Escape gives up, and without this file the fields do the same.
"use strict";

const SHORTEST_DRAG = 5; // pixels; less is a click with an unsteady hand

function chooseByDragging(fieldset) {
  const chart = fieldset.querySelector("[data-years]");
  const plot = chart?.querySelector(".chart-plot");
  if (!plot) {
    return;
  }
  const years = chart.dataset.years.split(" ");
  const range = fieldset.querySelector("[data-years-range]");
  const band = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  band.setAttribute("class", "years-band");
  band.setAttribute("height", "100%");
  let drag = null;

  fieldset.querySelector("[data-years-hint]").hidden = false;
  chart.classList.add("is-draggable");

  const placeAt = (x) => {
    const { left, width } = plot.getBoundingClientRect();
    const place = Math.floor(((x - left) / width) * years.length);
    return Math.min(Math.max(place, 0), years.length - 1);
  };

  const show = () => {
    const [first, last] = [drag.from, drag.to].sort((a, b) => a - b);
    band.setAttribute("x", `${(first / years.length) * 100}%`);
    band.setAttribute("width", `${((last - first + 1) / years.length) * 100}%`);
    plot.prepend(band);
    range.value = first === last ? years[first] : `${years[first]}–${years[last]}`;
  };

  const end = () => {
    drag = null;
    band.remove();
    range.value = "";
  };

  // The click that follows a drag must not open the bar under the pointer.
  const swallowClick = () => {
    const swallow = (event) => {
      event.preventDefault();
      event.stopPropagation();
    };
    chart.addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => chart.removeEventListener("click", swallow, { capture: true }));
  };

  const submit = () => {
    const [first, last] = [drag.from, drag.to].sort((a, b) => a - b);
    const form = fieldset.closest("form");
    form.elements.year_from.value = years[first];
    form.elements.year_to.value = years[last];
    form.requestSubmit();
  };

  chart.addEventListener("pointerdown", (event) => {
    if (event.isPrimary && event.button === 0) {
      drag = { pointer: event.pointerId, x: event.clientX, from: placeAt(event.clientX), to: null };
    }
  });

  chart.addEventListener("pointermove", (event) => {
    if (event.pointerId !== drag?.pointer) {
      return;
    }
    if (drag.to === null && Math.abs(event.clientX - drag.x) < SHORTEST_DRAG) {
      return;
    }
    chart.setPointerCapture(event.pointerId);
    drag.to = placeAt(event.clientX);
    show();
  });

  chart.addEventListener("pointerup", (event) => {
    if (event.pointerId !== drag?.pointer) {
      return;
    }
    if (drag.to !== null) {
      swallowClick();
      submit();
    }
    end();
  });

  chart.addEventListener("pointercancel", end);
  chart.addEventListener("dragstart", (event) => event.preventDefault()); // the browser would carry off the link
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && drag) {
      // The pointer is still down: let the click that comes when it is lifted do nothing.
      chart.addEventListener("pointerup", swallowClick, { once: true });
      end();
    }
  });
}

document.querySelectorAll(".facet-years").forEach(chooseByDragging);
