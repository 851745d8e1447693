// What this browser keeps: unsent answers, half-done work, the order of the queue. It may refuse
// (private windows, a full store, a policy): then the page says so and relies on the server alone.

import { byId } from "./dom.js";

const NAME = "cablespan.";

function tried(work) {
  try {
    return work(localStorage);
  } catch (error) {
    const full = error.name === "QuotaExceededError";
    const why = full ? "This browser's store is full" : "This browser keeps nothing";
    byId("unkept").textContent = `${why}: work is safe once it is saved on the server`;
    byId("unkept").hidden = false;
    return null;
  }
}

// Null where nothing is kept under the name, or nothing that can be read.
export function kept(name) {
  const text = tried((store) => store.getItem(NAME + name));
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

// All that is kept under names that begin so.
export function keptUnder(start) {
  const names = tried((store) => Object.keys(store)) ?? [];
  return names
    .filter((name) => name.startsWith(NAME + start))
    .map((name) => kept(name.slice(NAME.length)))
    .filter(Boolean);
}

// What does not fit leaves nothing older in its place.
export function keep(name, value) {
  tried((store) => store.removeItem(NAME + name));
  tried((store) => store.setItem(NAME + name, JSON.stringify(value)));
}

export const drop = (name) => tried((store) => store.removeItem(NAME + name));
