// Talking with the server. Writes go one after the other; an answer that did not get through is
// kept in the browser until it has, apart for every run, annotator and mode: task numbers and ports
// are the same in all of them.

import { drop, keep, kept, keptUnder } from "./kept.js";

let work = null; // whose work this page is; null until the session says so

export function workOn(session) {
  work = session.work;
}

// A name for a thing that there is once. `crypto.randomUUID` is missing on a page that comes over
// plain http from another machine.
export const newId = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");

const own = (name) => `${work}.${name}`;
const pendingName = ({ uuid }) => own(`pending.${uuid}`);

export class Refused extends Error {
  constructor(status, body) {
    super(body.error ?? `The server answered ${status}.`);
    this.status = status;
    this.body = body;
  }
}

async function request(path, options) {
  let response;
  try {
    response = await fetch(path, {
      ...options,
      headers: { ...options?.headers, ...(work && { "x-work": work }) },
      signal: AbortSignal.timeout(30_000),
    });
  } catch {
    throw new Refused(0, { error: "The server does not answer. Is it still running?" });
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(response.status, body);
  return body;
}

export function get(path, parameters = {}) {
  const given = Object.entries(parameters).filter(
    ([, value]) => value !== null && value !== undefined && value !== "",
  );
  return request(given.length ? `${path}?${new URLSearchParams(given)}` : path);
}

let last = Promise.resolve();

const KEEPALIVE_LIMIT = 64 * 1024; // bytes; browsers refuse larger bodies that outlive their page

export function post(path, body, { keepalive = false } = {}) {
  const text = JSON.stringify(body);
  const outlives = keepalive && new Blob([text]).size < KEEPALIVE_LIMIT;
  const send = () =>
    request(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: text,
      keepalive: outlives,
    });
  last = last.then(send, send);
  return last;
}

// Tries again until the server has it: it may be down, out of disk, or this machine was asleep.
// `report` hears of each failure, and gets a function that tries at once. Refusals for another
// reason are passed on.
export async function postUntilSaved(path, body, report) {
  for (let wait = 1; ; wait = Math.min(wait * 2, 15)) {
    try {
      return await post(path, body);
    } catch (error) {
      if (![0, 502, 503, 504, 507].includes(error.status)) throw error;
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, wait * 1000);
        const now = () => {
          clearTimeout(timer);
          resolve();
        };
        addEventListener("online", now, { once: true });
        report(error, now);
      });
    }
  }
}

// An answer waits in the browser until it is saved or refused; where somebody else is let in, for
// its annotator, and where another tab was faster, for the choice between the two.
export async function postAnswer(body, report) {
  keep(pendingName(body), { body });
  try {
    const saved = await postUntilSaved("/api/answer", body, report);
    dropPending(body);
    return saved;
  } catch (error) {
    if (![401, 409].includes(error.status)) dropPending(body);
    throw error;
  }
}

export const dropPending = (body) => drop(pendingName(body));

// The answers that wait, tabs and earlier visits together.
export const pending = () => keptUnder(own("pending.")).map(({ body }) => body);

// Half-done work that the server does not have yet.
const draft = (task) => own(`draft.${task}`);

export const drafts = {
  keep: (task, state) => keep(draft(task), state),
  drop: (task) => drop(draft(task)),
  of: (task) => kept(draft(task)),
};
