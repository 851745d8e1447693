// Elements out of plain values. Text always goes in as text: nothing here reads HTML.

export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  return fill(node, ...children);
}

// Replaces what is in a node; lists are taken apart, null and false are left out.
export function fill(node, ...children) {
  node.replaceChildren(
    ...children
      .flat(Infinity)
      .filter((child) => child !== null && child !== undefined && child !== false),
  );
  return node;
}

// As fill, but what is there already stays where it is: moving 40,000 nodes takes a browser
// seconds.
export function patch(node, children) {
  const wanted = children.flat(Infinity).filter((child) => child instanceof Node);
  const kept = new Set(wanted);
  for (const child of [...node.childNodes]) if (!kept.has(child)) child.remove();
  let next = node.firstChild;
  for (const child of wanted) {
    if (child === next) next = next.nextSibling;
    else node.insertBefore(child, next);
  }
  return node;
}

export const byId = (id) => document.getElementById(id);

export const kbd = (keys) => element("kbd", {}, keys);

// Characters that do not show, or that turn the direction of the text: each gets a visible stand-in
// beside it.
const HIDDEN = new RegExp(
  [
    "[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f", // controls, but for tab and line end
    "\\u00ad\\u061c\\u180e\\u200b-\\u200f\\u2060-\\u206f\\ufeff", // of no width
    "\\u202a-\\u202e", // of direction
    "\\u115f\\u1160\\u17b4\\u17b5\\u3164\\uffa0", // letters that are blank
    "\\u{e0001}-\\u{e007f}]", // tags
  ].join(""),
  "u",
);

export function visibleText(text) {
  if (!HIDDEN.test(text)) return [text];
  return Array.from(text, (character) =>
    HIDDEN.test(character)
      ? element(
          "span",
          {
            class: "hidden-character",
            "data-code": character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0"),
          },
          character,
        )
      : character,
  );
}
