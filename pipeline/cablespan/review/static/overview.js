// A cable at a glance, the search over all work, and what is open: lists of paragraphs, each of
// which can be gone to.

import { byId, element, fill } from "./dom.js";
import { filter, goTo } from "./queue.js";
import { get } from "./server.js";
import { page } from "./state.js";
import { pathOf } from "./view.js";

const STATES = {
  open: "open",
  draft: "draft",
  correction: "correction open",
  accept: "accepted",
  reject: "rejected",
  ignore: "ignored",
  finished: "by others",
  conflict: "conflict",
};

function dialog(title, ...content) {
  byId("list-title").textContent = title;
  fill(byId("list-body"), ...content);
  if (!byId("list").open) byId("list").showModal();
}

function leaveFor(where) {
  byId("list").close();
  return goTo(where);
}

// A link that can be sent; a plain click stays on the page.
function link(paragraph, ...text) {
  const go = (event) => {
    if (event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    leaveFor({ paragraph });
  };
  return element("a", { href: pathOf(paragraph), onclick: go }, ...text);
}

const place = ({ number, kind, marking }) =>
  [number ? `¶ ${number}` : kind, marking && `(${marking})`].filter(Boolean).join(" ");

function row(one) {
  const labels = Object.entries(one.labels).map(([label, count]) =>
    element("span", { class: "chip small", "data-label": label }, `${label} ${count}`),
  );
  const signs = [one.flagged && "⚑ flagged", one.commented && "commented"]
    .filter(Boolean)
    .join(", ");
  const here = page.task?.paragraph === one.paragraph;
  return element(
    "tr",
    { class: here ? "here" : null, "data-state": one.state },
    element("td", {}, link(one.paragraph, place(one) || one.paragraph)),
    element(
      "td",
      {},
      element("span", { class: `state state-${one.state}` }, STATES[one.state]),
      signs ? element("span", { class: "signs" }, signs) : null,
    ),
    element("td", {}, one.section ?? ""),
    element("td", { dir: "auto" }, one.text),
    element("td", { class: "counts" }, labels),
  );
}

const table = (paragraphs) =>
  element(
    "table",
    { class: "overview" },
    element(
      "thead",
      {},
      element(
        "tr",
        {},
        ["Paragraph", "State", "Section", "Text", "Labels"].map((name) =>
          element("th", { scope: "col" }, name),
        ),
      ),
    ),
    element("tbody", {}, paragraphs.map(row)),
  );

export async function openOverview(cable = page.task?.cable) {
  if (!cable) return openSearch();
  const { paragraphs, before, after } = await get("/api/overview", { cable });
  const counts = new Map();
  for (const { state } of paragraphs) counts.set(state, (counts.get(state) ?? 0) + 1);
  const sums = [...counts].map(([state, count]) => `${count} ${STATES[state]}`).join(", ");
  const other = (id, text) =>
    element("button", { type: "button", disabled: !id, onclick: () => leaveFor({ id }) }, text);
  return dialog(
    cable,
    element(
      "div",
      { class: "buttons" },
      other(before, "← cable before"),
      other(after, "cable after →"),
      element("button", { type: "button", onclick: openSearch }, "Search …"),
    ),
    element("p", {}, sums),
    table(paragraphs),
  );
}

// A cable's id, an address of a paragraph, or words of the text; answered work is found as well.
export function openSearch() {
  const input = element("input", {
    type: "search",
    name: "words",
    "aria-label": "A cable's id, or words",
    placeholder: "07ASTANA454, 07ASTANA454/7, or whole words",
  });
  const found = element("div", { class: "found" });
  input.value = page.queue.search;
  let asked = 0;
  const look = async () => {
    const words = input.value.trim();
    asked += 1;
    const mine = asked;
    const { cables, paragraphs, more } = await get("/api/search", { words });
    if (mine !== asked) return;
    const hits = cables.map(({ id, subject, task }) =>
      element(
        "li",
        {},
        element("button", { type: "button", onclick: () => leaveFor({ id: task }) }, id),
        " ",
        subject ?? "",
      ),
    );
    const nothing =
      words && !hits.length && !paragraphs.length
        ? element("p", {}, "Nothing is found, in answered work neither.")
        : null;
    fill(
      found,
      hits.length ? element("ul", { class: "cables" }, hits) : null,
      paragraphs.length ? table(paragraphs) : null,
      more ? element("p", {}, "These are the first ones: more words find less.") : null,
      nothing,
    );
  };
  const only = () => {
    byId("list").close();
    filter("search", input.value.trim());
  };
  const form = element(
    "form",
    {
      onsubmit: async (event) => {
        event.preventDefault();
        const words = input.value.trim();
        if (/^\S+\/\S+$/.test(words)) return leaveFor({ paragraph: words });
        await look();
        return found.querySelector("button, a")?.focus();
      },
    },
    input,
    element(
      "div",
      { class: "buttons" },
      element("button", { class: "primary" }, "Find"),
      element(
        "button",
        { type: "button", onclick: only },
        "Queue: only paragraphs with these words",
      ),
    ),
  );
  input.addEventListener("input", look);
  dialog("Search all work", form, found);
  input.focus();
  if (input.value) look();
}

export async function openCorrections() {
  const { paragraphs } = await get("/api/corrections");
  const corrected = paragraphs
    .filter(({ current }) => current)
    .map(({ paragraph }) => element("li", {}, link(paragraph, paragraph)));
  const outdated = paragraphs
    .filter(({ current }) => !current)
    .map(({ task, paragraph }) =>
      element(
        "li",
        {},
        element("button", { type: "button", onclick: () => leaveFor({ id: task }) }, paragraph),
      ),
    );
  dialog(
    "Corrections that are open",
    element(
      "p",
      {},
      "These paragraphs are answered; a correction of yours is not. ",
      "Until it is, the old answer stands and is what is exported.",
    ),
    corrected.length ? element("ul", {}, corrected) : element("p", {}, "There is none."),
    outdated.length
      ? element(
          "p",
          {},
          "You began these before a new run changed their text. The new one waits in the queue; ",
          "what you answer here is exported only until you answer that.",
        )
      : null,
    outdated.length ? element("ul", {}, outdated) : null,
  );
}
