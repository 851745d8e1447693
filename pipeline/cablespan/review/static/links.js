// What an entity is, and who speaks: the link and the cluster of a mention, the speaker of a claim,
// with a search over the lexicon.

import { ask } from "./dialogs.js";
import { element, fill } from "./dom.js";
import { changed } from "./saving.js";
import { get } from "./server.js";
import { page } from "./state.js";
import { say } from "./view.js";

// Asks for the entity that is selected, or else for the speaker of the claim in hand.
export function askLink() {
  const { paragraph, mark, activeClaim, selection } = page;
  const entity = mark?.entity ?? (activeClaim === null ? paragraph.entityAt(selection.head) : -1);
  if (entity >= 0) return askEntity(entity);
  if (activeClaim !== null) return askSpeaker(activeClaim);
  return say("Select an entity, or a claim.");
}

// An input with candidates of the lexicon below it; choosing one fills the input.
function searched(name, value, words) {
  const input = element("input", { type: "text", name, "aria-label": name });
  input.value = value ?? "";
  const found = element("div", { class: "chips candidates" });
  const query = element("input", { type: "search", "aria-label": "Search the lexicon" });
  query.value = words;
  let asked = 0; // answers may overtake one another
  const look = async () => {
    asked += 1;
    const mine = asked;
    const { candidates } = await get("/api/lexicon", { words: query.value.trim() });
    if (mine !== asked) return;
    fill(
      found,
      ...candidates.map(({ id, name: known }) =>
        element(
          "button",
          { type: "button", class: "chip", title: id, onclick: () => (input.value = id) },
          known,
          " ",
          element("small", {}, id),
        ),
      ),
    );
  };
  query.addEventListener("input", look);
  look();
  return {
    input,
    nodes: [
      element("label", {}, "Lexicon ", query),
      found,
      element("label", {}, `${name} `, input),
    ],
  };
}

const known = (value) => (/^\d+$/.test(value) ? Number(value) : value || null);

function askEntity(index) {
  const { paragraph } = page;
  const entity = paragraph.entities[index];
  const link = searched("Link", entity.facts.kb_id, paragraph.text(entity));
  const cluster = element("input", {
    type: "text",
    inputmode: "numeric",
    pattern: "\\s*\\d*\\s*",
    title: "A cluster is a number; mentions of one thing share it.",
    "aria-label": "Cluster",
  });
  cluster.value = entity.facts.cluster ?? "";
  ask(
    `${entity.label} “${paragraph.text(entity)}”`,
    [...link.nodes, element("label", {}, "Cluster ", cluster)],
    [
      [
        "OK",
        () => {
          paragraph.setFacts(index, {
            kb_id: link.input.value.trim() || null,
            cluster: known(cluster.value.trim()),
          });
          changed();
        },
      ],
      ["Cancel", null],
    ],
  );
}

function askSpeaker(index) {
  const { paragraph } = page;
  const claim = paragraph.claims[index];
  const speaker = searched(
    "Speaker",
    claim.speaker ?? "",
    claim.source ? paragraph.text(claim.source) : "",
  );
  const clusters = paragraph.entities.filter(
    ({ facts }) => facts.cluster !== undefined && facts.cluster !== null,
  );
  const chips = clusters.map((entity) =>
    element(
      "button",
      {
        type: "button",
        class: "chip",
        onclick: () => (speaker.input.value = entity.facts.cluster),
      },
      `${entity.facts.cluster}: ${paragraph.text(entity)}`,
    ),
  );
  ask(
    `Who speaks in claim ${index + 1}`,
    [element("div", { class: "chips" }, chips), ...speaker.nodes],
    [
      [
        "OK",
        () => {
          paragraph.setClaimFact(index, { speaker: known(speaker.input.value.trim()) });
          changed();
        },
      ],
      ["Cancel", null],
    ],
  );
}
