// Which pieces of a long text are in the window or near it; what is measured elsewhere would make
// the browser lay it out.

const near = new Set();
let changed = () => {};

const observer = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries)
      isIntersecting ? near.add(target) : near.delete(target);
    changed();
  },
  { rootMargin: "50% 0px" },
);

export const watch = (node) => observer.observe(node);

// `work` is called when other pieces come near.
export const whenNear = (work) => (changed = work);

export const isNear = (node) => near.has(node);

export function forgetNear() {
  observer.disconnect();
  near.clear();
}
