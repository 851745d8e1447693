// The keys of actions; those of labels come with the scheme: digits for entities, the top letters for statements in the order of
// decision, s d f for the parts of a claim. The legend and the help are made from this table.

export const ACTIONS = [
  { group: "Answer", keys: ["Enter", "a"], show: "⏎ a", name: "accept", title: "Accept and next", legend: true },
  { group: "Answer", keys: ["x"], show: "x", name: "reject", title: "Reject and next", legend: true },
  { group: "Answer", keys: [" "], show: "space", name: "ignore", title: "Ignore and next", legend: true },
  { group: "Answer", keys: ["z", "Ctrl+z", "Meta+z"], show: "z", name: "undo", title: "Undo: edits, then answers, without limit", short: "Undo", legend: true },
  { group: "Answer", keys: ["Z", "Ctrl+Z", "Ctrl+y", "Meta+Z"], show: "⇧z", name: "redo", title: "Redo an edit", short: "Redo", legend: true },
  { group: "Answer", keys: ["c"], show: "c", name: "comment", title: "Comment on the paragraph", short: "Comment", legend: true },
  { group: "Answer", keys: ["b"], show: "b", name: "flag", title: "Flag the paragraph (bookmark)", short: "Flag", legend: true },
  { group: "Select", keys: ["ArrowLeft"], show: "←", name: "wordLeft", title: "Word before" },
  { group: "Select", keys: ["ArrowRight"], show: "→", name: "wordRight", title: "Word after" },
  { group: "Select", keys: ["ArrowUp"], show: "↑", name: "sentenceUp", title: "Sentence before" },
  { group: "Select", keys: ["ArrowDown"], show: "↓", name: "sentenceDown", title: "Sentence after" },
  { group: "Select", keys: ["Tab"], show: "⇥", name: "nextEntity", title: "Next entity", short: "Next entity", legend: true },
  { group: "Select", keys: ["Shift+Tab"], show: "⇧⇥", name: "previousEntity", title: "Previous entity" },
  { group: "Select", keys: ["j"], show: "j", name: "nextPart", title: "Next part of a claim", short: "Next claim part", legend: true },
  { group: "Select", keys: ["k"], show: "k", name: "previousPart", title: "Previous part of a claim" },
  { group: "Select", keys: ["g"], show: "g", name: "goToMark", title: "Go to a mark by its letter", short: "Go to mark", legend: true },
  { group: "Select", keys: ["G"], show: "⇧g", name: "goToWord", title: "Go to a word of the sentence by its letter", short: "Go to word", legend: true },
  { group: "Select", keys: ["Escape"], show: "esc", name: "clear", title: "Clear the selection; again: leave the text, so that Tab moves through the page" },
  { group: "Change", keys: ["Shift+ArrowRight", "]"], show: "⇧→ ]", name: "endRight", title: "End one word right (extend)", short: "End right", legend: true },
  { group: "Change", keys: ["Shift+ArrowLeft", "}"], show: "⇧← }", name: "endLeft", title: "End one word left (shrink)", short: "End left", legend: true },
  { group: "Change", keys: ["Alt+Shift+ArrowLeft", "["], show: "[", name: "startLeft", title: "Start one word left (extend)", short: "Start left", legend: true },
  { group: "Change", keys: ["Alt+Shift+ArrowRight", "{"], show: "{", name: "startRight", title: "Start one word right (shrink)", short: "Start right", legend: true },
  { group: "Change", keys: ["Delete", "Backspace"], show: "del", name: "delete", title: "Delete the selected mark", short: "Delete mark", legend: true },
  { group: "Change", keys: ["Shift+Delete", "Shift+Backspace"], show: "⇧del", name: "deleteClaim", title: "Delete the whole claim" },
  { group: "Change", keys: ["v"], show: "v", name: "split", title: "Split the sentence before the word", short: "Split sentence", legend: true },
  { group: "Change", keys: ["m"], show: "m", name: "merge", title: "Merge the sentence with the next", short: "Merge sentence", legend: true },
  { group: "Change", keys: ["n"], show: "n", name: "newClaim", title: "New claim: then select source, cue, content one after the other", short: "New claim", legend: true },
  { group: "Change", keys: ["i"], show: "i", name: "certainty", title: "Certainty of the claim: asserted, hedged, denied, asked", short: "Certainty", legend: true },
  { group: "Change", keys: ["K"], show: "⇧k", name: "link", title: "Link and cluster of the entity, or the speaker of the claim", short: "Link", legend: true },
  { group: "Move", keys: [",", "PageUp"], show: ",", name: "back", title: "Paragraph before", short: "Back", legend: true },
  { group: "Move", keys: [".", "PageDown"], show: ".", name: "forward", title: "Paragraph after", short: "Forward", legend: true },
  { group: "Move", keys: ["p"], show: "p", name: "overview", title: "Overview: the paragraphs of the cable with their states", short: "Overview", legend: true },
  { group: "Move", keys: ["J"], show: "⇧j", name: "nextConflict", title: "Adjudication: the next open conflict" },
  { group: "Move", keys: ["o"], show: "o", name: "order", title: "Queue: as imported, or the least certain first", short: "Queue order", legend: true },
  { group: "Move", keys: ["l"], show: "l", name: "label", title: "Queue: only paragraphs with a label", short: "By label", legend: true },
  { group: "Move", keys: ["/"], show: "/", name: "search", title: "Search all work: a cable's id, or whole words", short: "Search", legend: true },
  { group: "Help", keys: ["h"], show: "h", name: "guidelines", title: "Guidelines", short: "Guidelines", legend: true },
  { group: "Help", keys: ["?"], show: "?", name: "help", title: "All keys", short: "All keys", legend: true },
];

const byKey = new Map(ACTIONS.flatMap((action) => action.keys.map((key) => [key, action.name])));

// Keys of labels come before those of actions, so that a project's own labels may take a letter.
const byLabel = new Map();

export function readLabelKeys({ entities, statements, claims }, layers) {
  const kinds = [["entities", "entity", entities], ["statements", "statement", statements], ["claims", "role", claims]];
  for (const [layer, kind, labels] of kinds) {
    if (!layers.includes(layer)) continue;
    labels.forEach(({ key }, index) => key && byLabel.set(key, { [kind]: index }));
  }
}

// The action of a key press: a name of ACTIONS, {entity: n}, {statement: n}, {role: n}, or in adjudication {reading: n} (null: leave
// out) and {version: n}; null for none.
export function actionOf(event) {
  const { key } = event;
  if (event.altKey && !event.ctrlKey && /^Digit[0-9]$/.test(event.code)) {
    const number = Number(event.code.at(-1)) - 1;
    if (event.shiftKey) return number < 0 ? null : { version: number };
    return { reading: number < 0 ? null : number };
  }
  const named = key.length > 1;
  const prefix = (event.ctrlKey ? "Ctrl+" : "") + (event.metaKey ? "Meta+" : "") + (named && event.altKey ? "Alt+" : "") + (named && event.shiftKey ? "Shift+" : "");
  if (!prefix && !event.altKey && byLabel.has(key)) return byLabel.get(key);
  return byKey.get(prefix + key) ?? null;
}
