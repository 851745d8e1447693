// Keys and switches of the pages; everything else works without a script.

const LAYERS = ["entities", "statements", "claims"];
const switches = [...document.querySelectorAll("[data-layer]")];

// A layer that was switched off stays off on every page of this window.
function switchLayer(layer, on) {
  document.body.classList.toggle(`no-${layer}`, !on);
  sessionStorage.setItem(layer, on ? "on" : "off");
  for (const button of switches.filter((one) => one.dataset.layer === layer)) {
    button.setAttribute("aria-pressed", on);
  }
}

const isOn = (layer) => sessionStorage.getItem(layer) !== "off";
for (const layer of LAYERS) switchLayer(layer, isOn(layer));
for (const button of switches) {
  const { layer } = button.dataset;
  button.addEventListener("click", () => switchLayer(layer, !isOn(layer)));
}

// Goes to the paragraph after the one in focus, or before it.
function step(by) {
  const passages = [...document.querySelectorAll(".passage")];
  const here = passages.findIndex((one) => one.contains(document.activeElement));
  const wanted = passages[here < 0 && by < 0 ? passages.length - 1 : here + by];
  wanted?.focus();
  wanted?.scrollIntoView({ block: "nearest" });
}

const KEYS = {
  "/": () => (document.getElementById("words") ?? document.getElementById("quick")).focus(),
  "?": () => document.getElementById("help").showModal(),
  j: () => step(1),
  ".": () => step(1),
  k: () => step(-1),
  ",": () => step(-1),
};
LAYERS.forEach((layer, index) => (KEYS[index + 1] = () => switchLayer(layer, !isOn(layer))));

document.addEventListener("keydown", (event) => {
  const { target, key } = event;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (target.matches("input, textarea, select") || target.closest("dialog")) return;
  if (key === "Enter" && target.matches(".passage")) target.querySelector("a.open")?.click();
  if (!KEYS[key]) return;
  event.preventDefault();
  KEYS[key]();
});

// Parts of a page that take longer than the page come when it is there.
for (const place of document.querySelectorAll("[data-part]")) {
  fetch(place.dataset.part)
    .then((answer) => answer.text())
    .then((html) => {
      const part = new DOMParser().parseFromString(html, "text/html").getElementById("part");
      if (part) place.replaceWith(part);
    })
    .catch(() => {}); // its link stays
}

// Datasette's tables: what its script asks for, and names for the fields of its filters.
window.DATASETTE_ALLOW_FACET = true;
const FIELDS = { _filter_column: "Column", _filter_op: "Comparison", _filter_value: "Value" };
for (const field of document.querySelectorAll(".filters :is(select, input)")) {
  const name = FIELDS[field.name.replace(/_\d+$/, "")];
  if (name) field.setAttribute("aria-label", name);
}
