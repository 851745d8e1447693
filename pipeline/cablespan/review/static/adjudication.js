// Deciding between the versions of several annotators: side by side, differences marked, take one, mix, or decide anew.

import { byId, element, fill, kbd } from "./dom.js";
import { Paragraph, ROLES } from "./paragraph.js";
import { drawSentences } from "./view.js";

const placeOf = (part) => (part ? `${part.first}-${part.end}` : "none");
const keyOf = (layer, value) => (layer === "claims" ? ROLES.map((role) => placeOf(value[role])).join(" ") : `${placeOf(value)} ${value.label}`);

function readVersions(task) {
  return task.versions.map((version) => new Paragraph({ ...task, draft: null, answer: { layers: version.layers } }));
}

// How many versions hold each mark, by layer.
function counts(versions) {
  const found = { entities: new Map(), statements: new Map(), claims: new Map() };
  for (const version of versions) {
    for (const layer of Object.keys(found)) {
      for (const value of version[layer]) found[layer].set(keyOf(layer, value), (found[layer].get(keyOf(layer, value)) ?? 0) + 1);
    }
  }
  return found;
}

// What all share is taken; a sentence that they label differently waits for its label.
export function startFromVersions(task) {
  const versions = readVersions(task);
  const held = counts(versions);
  const shared = (layer) => (value) => held[layer].get(keyOf(layer, value)) === versions.length;
  const [first] = versions;
  const paragraph = new Paragraph({ ...task, draft: null, answer: { layers: task.versions[0].layers } });
  paragraph.entities = first.entities.filter(shared("entities"));
  paragraph.claims = first.claims.filter(shared("claims"));
  paragraph.statements = first.statements.map((s) => (shared("statements")(s) ? s : { ...s, label: null, facts: {} }));
  return paragraph;
}

startFromVersions.differs = (task) => {
  const versions = readVersions(task);
  const held = counts(versions);
  return (layer, value) => (held[layer].get(keyOf(layer, value)) ?? 0) !== versions.length;
};

export function drawVersions(task) {
  const versions = readVersions(task);
  const held = counts(versions);
  const open = Object.values(held).flatMap((layer) => [...layer.values()]).filter((count) => count < versions.length).length;
  const columns = versions.map((version, index) => {
    const differs = (layer, value) => held[layer].get(keyOf(layer, value)) !== versions.length;
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
        element("button", { type: "button", class: "take" }, "Take all ", kbd(`alt ${index + 1}`)),
      ),
      element("div", { class: "version-text" }, drawSentences(version, { differs, readOnly: true })),
    );
  });
  fill(
    byId("versions"),
    element("p", { class: "hint" }, open ? `${open} marks differ (≠). Click a mark, a sentence's label or a claim to take it; click it again to leave it out. Alt and a digit takes a version, with Shift its part of the sentence at the cursor.` : "All versions agree."),
    element("div", { class: "version-columns" }, columns),
  );
}

// What a click in the versions means: {version} takes all of one, {layer, value} one mark of it; {} is beside them.
export function clickedIn(task, node) {
  const version = Number(node.closest(".version")?.dataset.version);
  if (node.closest(".take")) return { version };
  const found = [
    ["statements", node.closest("button.statement")?.dataset.sentence],
    ["entities", node.closest("mark")?.dataset.entity],
    ["claims", node.closest(".part")?.dataset.claim],
  ].find(([, number]) => number !== undefined);
  if (!found) return {};
  const [layer, number] = found;
  return { layer, value: readVersions(task)[version][layer][Number(number)] };
}

// Takes one mark of a version into the result; what is there already goes out again.
export function takePart(paragraph, layer, value) {
  const same = paragraph[layer].findIndex((other) => keyOf(layer, other) === keyOf(layer, value));
  if (layer === "claims") {
    return paragraph.setLayer(layer, same >= 0 ? paragraph.claims.toSpliced(same, 1) : [...paragraph.claims, value]);
  }
  if (layer === "entities" && same >= 0) return paragraph.deleteEntity(same);
  const apart = (other) => other.end <= value.first || other.first >= value.end;
  const others = paragraph[layer].filter(apart);
  if (layer === "statements") {
    for (const cut of paragraph.statements.filter((other) => !apart(other))) {
      if (cut.first < value.first) others.push({ ...cut, end: value.first, facts: {} });
      if (cut.end > value.end) others.push({ ...cut, first: value.end, facts: {} });
    }
  }
  return paragraph.setLayer(layer, [...others, value].sort((a, b) => a.first - b.first));
}

// Takes one sentence as a version has it: its label, entities and claims.
export function takeSentence(paragraph, layers, sentence) {
  const version = paragraph.readLayers(layers);
  const { first, end } = paragraph.statements[sentence];
  const inside = (range) => range.first >= first && range.first < end;
  const anchor = (claim) => claim.cue ?? claim.source ?? claim.content;
  const mixed = (layer, place) => [...paragraph[layer].filter((mark) => !inside(place(mark))), ...version[layer].filter((mark) => inside(place(mark)))];
  const byPlace = (a, b) => a.first - b.first;
  paragraph.setLayer("entities", mixed("entities", (mark) => mark).sort(byPlace));
  paragraph.setLayer("claims", mixed("claims", anchor));
  const labelled = version.statements.find((statement) => statement.first === first && statement.end === end);
  if (labelled) paragraph.labelSentence(sentence, labelled.label);
  else for (const statement of version.statements.filter(inside)) takePart(paragraph, "statements", statement);
}
