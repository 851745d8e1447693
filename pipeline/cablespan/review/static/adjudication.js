// Deciding between the versions of several annotators: side by side, each conflict decided by one
// of its readings or left out.

import { byId, element, fill, kbd } from "./dom.js";
import { anchor, identity, ROLES } from "./layers.js";
import { Paragraph } from "./paragraph.js";
import { forgetMark, page } from "./state.js";
import { drawVersion } from "./sentences.js";
import { say } from "./view.js";

let versions = []; // the annotators' answers as paragraphs, read once for each task

export function readVersions(task) {
  versions = task.versions.map(
    (version) =>
      new Paragraph({ ...task, draft: null, answer: { layers: version.layers, settled: [] } }),
  );
}

const placeIn = (layer, mark) => (layer === "claims" ? anchor(mark) : mark);

function conflictOf(paragraph, layer, mark) {
  const { first } = placeIn(layer, mark);
  return paragraph.conflicts.findIndex(
    (one) =>
      one.layer === layer &&
      one.readings.some(({ marks }) =>
        marks.some((other) => identity(layer, other) === identity(layer, mark)),
      ) &&
      one.first <= first &&
      first < one.end,
  );
}

// What a mark of a version is to the result: one that all share, one that is open, one that was
// taken or not.
function standing(paragraph) {
  const held = Object.fromEntries(
    ["entities", "statements", "claims"].map((layer) => [
      layer,
      new Set(paragraph[layer].map((mark) => identity(layer, mark))),
    ]),
  );
  return (layer, mark) => {
    const conflict = paragraph.conflicts[conflictOf(paragraph, layer, mark)];
    if (!conflict) return "";
    if (!paragraph.isDecided(conflict)) return " differs";
    return held[layer].has(identity(layer, mark)) ? " taken" : " left-out";
  };
}

export function drawVersions({ task, paragraph }) {
  const columns = versions.map((version, index) => {
    const { annotator, action, comment } = task.versions[index];
    return element(
      "article",
      { class: "version", "data-version": index },
      element(
        "header",
        {},
        element("h2", {}, annotator),
        element("span", { class: `answered ${action}` }, action),
        comment ? element("q", {}, comment) : null,
        element(
          "button",
          { type: "button", class: "take", title: "Take all of this version" },
          "Take all ",
          kbd(`alt ⇧ ${index + 1}`),
        ),
      ),
      element(
        "div",
        {
          class: "version-text",
          tabindex: "0",
          role: "group",
          "aria-label": `As ${annotator} has it`,
        },
        drawVersion(version, standing(paragraph)),
      ),
    );
  });
  fill(byId("versions"), element("div", { class: "version-columns" }, columns));
}

// Brings the conflict at hand into sight in every version, which scroll each by itself.
export function scrollVersions() {
  const conflict = page.paragraph.conflicts[page.conflict];
  if (!conflict) return;
  for (const text of document.querySelectorAll(".version-text")) {
    const token = text.querySelector(`[data-token="${conflict.first}"]`);
    if (token)
      text.scrollTop = Math.max(
        0,
        token.getBoundingClientRect().top -
          text.getBoundingClientRect().top -
          text.clientHeight / 3,
      );
  }
}

const words = (paragraph, layer, mark) =>
  layer === "claims"
    ? ROLES.filter((role) => mark[role])
        .map((role) => paragraph.text(mark[role]))
        .join(" · ")
    : paragraph.text(mark);
const shown = (text) => (text.length > 40 ? `${text.slice(0, 38)} …` : text);

// What tells readings apart beside label and words.
const facts = (layer, mark) =>
  layer === "claims"
    ? [mark.speaker != null && `speaker ${mark.speaker}`, mark.certainty]
    : [mark.facts.kb_id];

function readingText(paragraph, { layer }, marks) {
  if (!marks.length) return "nothing";
  return marks
    .map((mark) =>
      [mark.label, `“${shown(words(paragraph, layer, mark))}”`, ...facts(layer, mark)]
        .filter(Boolean)
        .join(" "),
    )
    .join(", ");
}

// The conflicts of the paragraph, and of the one at hand its readings as buttons.
export function drawConflicts() {
  const { paragraph } = page;
  const { conflicts } = paragraph;
  byId("conflicts").hidden = !page.task.versions;
  if (!conflicts.length)
    return fill(byId("conflicts"), element("p", {}, "All accepted versions agree."));
  const decided = (one) => paragraph.isDecided(one);
  const open = conflicts.filter((one) => !decided(one)).length;
  const chips = conflicts.map((one, number) =>
    element(
      "button",
      {
        type: "button",
        class: ["conflict", decided(one) && "decided", number === page.conflict && "current"]
          .filter(Boolean)
          .join(" "),
        "data-conflict": number,
        "aria-label": `Conflict ${number + 1}, ${one.layer}, ${decided(one) ? "decided" : "open"}`,
      },
      decided(one) ? "✓" : `${number + 1}`,
    ),
  );
  const now = conflicts[page.conflict];
  const stands = now ? paragraph.readingOf(now) : -1;
  const option = (index, text, key) =>
    element(
      "button",
      {
        type: "button",
        class: `reading${stands === index ? " stands" : ""}`,
        "data-reading": index ?? "none",
        "aria-pressed": stands === index ? "true" : "false",
      },
      kbd(key),
      " ",
      text,
    );
  const leaves =
    now && now.layer !== "statements" && now.readings.every(({ marks }) => marks.length);
  fill(
    byId("conflicts"),
    element(
      "p",
      {},
      element(
        "strong",
        {},
        open
          ? `${open} of ${conflicts.length} conflicts open`
          : `All ${conflicts.length} conflicts decided`,
      ),
      " ",
      chips,
    ),
    now &&
      element(
        "p",
        { class: "readings" },
        `${page.conflict + 1}: ${now.layer}`,
        now.readings.map(({ annotators, marks }, index) =>
          option(
            index,
            `${annotators.join(", ")}: ${readingText(paragraph, now, marks)}`,
            `alt ${index + 1}`,
          ),
        ),
        leaves ? option(null, "Leave out", "alt 0") : null,
      ),
  );
}

// Puts a conflict at hand; its place is what the page scrolls to.
export function selectConflict(number) {
  page.conflict = number;
  const conflict = page.paragraph.conflicts[number];
  if (!conflict) return;
  page.mark = null;
  page.selection = { anchor: conflict.first, head: Math.max(conflict.first, conflict.end - 1) };
}

// The next open conflict after the one at hand (or before it), from the start again.
export function stepConflict(direction = 1) {
  const { conflicts } = page.paragraph;
  const count = conflicts.length;
  for (let step = 1; step <= count; step += 1) {
    const number = (page.conflict + direction * step + count * (step + 1)) % count;
    if (!page.paragraph.isDecided(conflicts[number])) return selectConflict(number);
  }
  if (count) say("All conflicts are decided: Enter makes gold.");
  return null;
}

export function decide(number, reading) {
  const { paragraph } = page;
  const conflict = paragraph.conflicts[number];
  if (!conflict || (reading !== null && !conflict.readings[reading])) return false;
  if (reading === null && conflict.layer === "statements") return false;
  paragraph.decide(conflict, reading);
  forgetMark(); // what was selected may have another number now
  page.activeClaim = null;
  page.conflict = number;
  stepConflict();
  return true;
}

// What a click in the versions means: {version} takes all of one, {conflict, reading} decides one;
// {} is beside them.
export function clickedIn(node) {
  const version = Number(node.closest(".version")?.dataset.version);
  if (node.closest(".take")) return { version };
  const found = [
    ["statements", node.closest("button.statement")?.dataset.sentence],
    ["entities", node.closest("mark")?.dataset.entity],
    ["claims", node.closest(".part")?.dataset.claim],
  ].find(([, number]) => number !== undefined);
  if (!found) return {};
  const [layer, number] = found;
  const marks = versions[version][layer];
  const mark =
    layer === "entities"
      ? marks.find(({ first }) => first === Number(number))
      : marks[Number(number)];
  const conflict = conflictOf(page.paragraph, layer, mark);
  const name = page.task.versions[version].annotator;
  const reading = page.paragraph.conflicts[conflict]?.readings.findIndex(({ annotators }) =>
    annotators.includes(name),
  );
  return { conflict, reading };
}
