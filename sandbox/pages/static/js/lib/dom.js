/** Elements made in one call. */

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** An HTML element: h("button", {type: "button", onclick: buy}, "Buy"). */
export function h(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** An SVG element. */
export function s(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

/** Replaces what is in `element`; keeps the focus on the element with the same id. */
export function show(element, ...children) {
  const focused = element.contains(document.activeElement) ? document.activeElement.id : "";
  element.replaceChildren(...children.flat(Infinity).filter((child) => child));
  if (focused) document.getElementById(focused)?.focus();
}

const drawn = new WeakMap();

/** Fills `element` by `build()`, unless it shows `state` already: what people type stays. */
export function redraw(element, state, build) {
  const fresh = JSON.stringify(state);
  if (drawn.get(element) === fresh) return;
  drawn.set(element, fresh);
  show(element, build());
}

/** The next `redraw` of `element` draws, whatever it shows. */
export function forget(element) {
  drawn.delete(element);
}
