// Draws the labels and the keys: beside the paragraph, and in the help.

import { byId, element, fill, kbd } from "./dom.js";
import { shownKey } from "./keys.js";
import { reviewed } from "./state.js";

// The labels of the layers under review: [layer, title, list of {name, definition, key}, what
// pressing one does].
const groupsOf = (labels) =>
  [
    ["entities", "Entities", labels.entities, (index) => ({ entity: index })],
    ["statements", "Statements", labels.statements, (index) => ({ statement: index })],
    ["claims", "Claims", labels.claims, (index) => ({ role: index })],
  ].filter(([layer]) => reviewed(layer));

export function labelChip(layer, label, press) {
  const kinds = {
    entities: "entity-chip",
    statements: "statement-chip",
    claims: `role-chip chip-${label.name.toLowerCase()}`,
  };
  return element(
    "button",
    {
      type: "button",
      class: `chip ${kinds[layer]}`,
      "data-label": label.name,
      title: label.definition,
      onclick: press,
    },
    label.key ? kbd(shownKey(label.key)) : null,
    element("span", {}, label.name),
  );
}

export function drawLegend(labels, actions, press) {
  const group = (title, ...content) =>
    element("section", { class: "group" }, element("h2", {}, title), ...content);
  fill(
    byId("legend"),
    ...groupsOf(labels).map(([layer, title, list, action]) =>
      group(
        title,
        element(
          "div",
          { class: "chips" },
          list.map((label, i) => labelChip(layer, label, () => press(action(i)))),
        ),
      ),
    ),
    group(
      "Keys",
      element(
        "div",
        { class: "actions" },
        actions
          .filter((a) => a.legend)
          .map((a) =>
            element(
              "button",
              { type: "button", "data-name": a.name, title: a.title, onclick: () => press(a.name) },
              a.show ? kbd(a.show) : null,
              " ",
              a.legend,
            ),
          ),
      ),
    ),
  );
}

export function drawHelp(labels, actions) {
  const groups = [...new Set(actions.map((action) => action.group))];
  const rows = (list) =>
    element(
      "dl",
      { class: "keys" },
      list.map(([key, text]) =>
        element("div", {}, element("dt", {}, key ? kbd(key) : ""), element("dd", {}, text)),
      ),
    );
  const defined = (list) =>
    rows(
      list.map(({ key, name, definition }) => [
        shownKey(key),
        [element("strong", {}, name), ` ${definition}`],
      ]),
    );
  const how = {
    entities: "press on a selection or an entity",
    statements: "the first that fits, in this order",
    claims: "put the cursor on the cue, press d, s, f; or n and three selections",
  };
  fill(
    byId("help-body"),
    element(
      "div",
      { class: "help-columns" },
      groups.map((name) =>
        element(
          "section",
          {},
          element("h3", {}, name),
          rows(actions.filter((a) => a.group === name).map((a) => [a.show, a.title])),
        ),
      ),
    ),
    ...groupsOf(labels).flatMap(([layer, title, list]) => [
      element("h3", {}, `${title}: ${how[layer]}`),
      defined(list),
    ]),
  );
}
