// Draws the claims of a sentence as a list below it: the parts of each, its certainty, who speaks.

import { element, visibleText } from "./dom.js";
import { anchor, ROLES } from "./layers.js";
import { reviewed } from "./state.js";

const start = (claim) =>
  Math.min(...ROLES.filter((role) => claim[role]).map((role) => claim[role].first));

// The claims under review as `{claim, number}`, by the sentence that each is found in.
export function claimsBySentence(paragraph) {
  const all = paragraph.claims.map((claim, number) => ({ claim, number }));
  const inOrder = reviewed("claims") ? all.sort((a, b) => start(a.claim) - start(b.claim)) : [];
  return groupBy(inOrder, ({ claim }) => paragraph.sentenceAt(anchor(claim).first));
}

function groupBy(list, keyOf) {
  const groups = new Map();
  for (const one of list) {
    const key = keyOf(one);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(one);
  }
  return groups;
}

export function drawClaims(paragraph, claims, classOf, readOnly) {
  return element(
    "ul",
    { class: "claims", "aria-label": "Claims" },
    claims.map(({ claim, number }) =>
      element(
        "li",
        { class: classOf("claims", claim).trim() || null, "data-claim": number },
        element("span", { class: "number" }, `${number + 1}`),
        ROLES.map((role) => {
          const text = claim[role] ? shorten(paragraph.text(claim[role])) : "none";
          return element(
            "button",
            {
              type: "button",
              class: `part part-${role}${claim[role] ? "" : " none"}`,
              "data-claim": number,
              "data-role": role,
              tabindex: "-1",
              disabled: readOnly && !claim[role],
            },
            element("span", { class: "name" }, role),
            " ",
            element("bdi", {}, visibleText(text)),
          );
        }),
        element(
          "button",
          {
            type: "button",
            class: "certainty",
            "data-claim": number,
            tabindex: "-1",
            disabled: readOnly,
            title: "How the source stands to the content (i)",
          },
          claim.certainty ?? "certainty?",
        ),
        element(
          "button",
          {
            type: "button",
            class: "speaker",
            "data-claim": number,
            tabindex: "-1",
            disabled: readOnly,
            title: "Who speaks: the cluster or the link of the source",
          },
          claim.speaker === null ? "speaker?" : `speaker ${claim.speaker}`,
        ),
      ),
    ),
  );
}

const shorten = (text) =>
  text.length > 64
    ? `${text.slice(0, 40).replace(/\s+\S*$/u, "")} … ${text.slice(-20).replace(/^\S*\s+/u, "")}`
    : text;
