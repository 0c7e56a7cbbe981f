/** Elements made in one call; text stays text, so that nothing of an answer becomes markup. */

/** @typedef {Node | string | number | null | undefined | false} Child */
/** @typedef {string | number | boolean | null | undefined | ((event: any) => void)} Attribute */

/**
 * An HTML element: h("button", {type: "button", onclick: buy}, "Buy").
 *
 * @param {string} name
 * @param {Record<string, Attribute>} [attributes]
 * @param {...(Child | Child[])} children
 */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  element.append(...nodes(children));
  return element;
}

/**
 * What is there of children, in a row.
 *
 * @param {(Child | Child[])[]} children
 * @returns {(Node | string)[]}
 */
export function nodes(children) {
  return children.flat().flatMap((child) => (child === null || child === undefined || child === false ? [] : [typeof child === "number" ? String(child) : child]));
}

/**
 * Lets a keyboard scroll what a shop's own style makes scroll; elsewhere it is no stop of the Tab key.
 *
 * @template {HTMLElement} T
 * @param {T} element
 * @returns {T}
 */
export function scrollable(element) {
  new ResizeObserver(() => {
    const scrolls = getComputedStyle(element).overflowY !== "visible" && element.scrollHeight > element.clientHeight;
    if (scrolls) element.tabIndex = 0;
    else element.removeAttribute("tabindex");
  }).observe(element);
  return element;
}
