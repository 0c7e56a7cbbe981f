/** What somebody typed stays where a part of the page is drawn anew. */

/** @typedef {{id: string, known: string, value: string}} Typed */

/**
 * What somebody typed or chose and did not send yet, in fields that say `data-keep`.
 *
 * @param {HTMLElement} body
 * @returns {Typed[]}
 */
export function typedIn(body) {
  return fieldsOf(body).map((field) => ({ id: field.id, known: knownOf(field), value: field.value })).filter(({ known, value }) => known !== value);
}

/**
 * Puts it back where a part is drawn anew, unless it has been sent: then another value is known.
 *
 * @param {HTMLElement} body
 * @param {Typed[]} typed
 */
export function putBack(body, typed) {
  for (const field of fieldsOf(body)) {
    const mine = typed.find(({ id, known }) => id === field.id && known === knownOf(field));
    if (mine) field.value = mine.value;
  }
}

/**
 * @param {HTMLElement} body
 * @returns {(HTMLInputElement | HTMLSelectElement)[]}
 */
function fieldsOf(body) {
  return [...body.querySelectorAll("[data-keep]")].filter((field) => field instanceof HTMLInputElement || field instanceof HTMLSelectElement);
}

/** @param {HTMLInputElement | HTMLSelectElement} field */
function knownOf(field) {
  if (field instanceof HTMLInputElement) return field.defaultValue;
  return [...field.options].find((option) => option.defaultSelected)?.value ?? "";
}
