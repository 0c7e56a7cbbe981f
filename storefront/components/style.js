/** Style sheets by the page's own means: they pass a content security policy without inline styles. */

/** @type {Map<string, CSSStyleSheet>} */
const made = new Map();

/**
 * The sheet of these rules, one for all components that use it.
 *
 * @param {string} rules
 */
export function sheetOf(rules) {
  let sheet = made.get(rules);
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(rules);
    made.set(rules, sheet);
  }
  return sheet;
}

/**
 * What all have in common. Colors come from six variables; each has a light and a dark value, chosen
 * by the page's `color-scheme` or by the attribute `theme`.
 */
export const COMMON = `
:host {
  --_accent: var(--loyalty-accent, #1f6f54);
  --_on-accent: var(--loyalty-on-accent, #fff);
  --_surface: var(--loyalty-surface, #fff);
  --_ink: var(--loyalty-ink, #1c1f1d);
  --_soft: var(--loyalty-soft, #565d59);
  --_line: var(--loyalty-line, #dde1dc);
  --_tint: var(--loyalty-tint, #e6f1ec);
  --_bad: var(--loyalty-bad, #a62b1f);
  --_radius: var(--loyalty-radius, 12px);
  display: block;
  box-sizing: border-box;
  font-family: var(--loyalty-font, inherit);
  line-height: 1.5;
  text-align: start;
}
@supports (color: light-dark(red, red)) {
  :host {
    --_accent: var(--loyalty-accent, light-dark(#1f6f54, #6cc9a5));
    --_on-accent: var(--loyalty-on-accent, light-dark(#fff, #0d211a));
    --_surface: var(--loyalty-surface, light-dark(#fff, #191d1b));
    --_ink: var(--loyalty-ink, light-dark(#1c1f1d, #eef2ef));
    --_soft: var(--loyalty-soft, light-dark(#565d59, #b3bdb7));
    --_line: var(--loyalty-line, light-dark(#dde1dc, #37403b));
    --_tint: var(--loyalty-tint, light-dark(#e6f1ec, #1f3a30));
    --_bad: var(--loyalty-bad, light-dark(#a62b1f, #ff9d90));
  }
}
:host([hidden]), :host([data-state="empty"]) { display: none; }
:host([theme="light"]) { color-scheme: light; }
:host([theme="dark"]) { color-scheme: dark; }
:host([theme="auto"]) { color-scheme: light dark; }
*, *::before, *::after { box-sizing: border-box; }
p, ul, ol, dl, dd, h2, h3, h4, figure { margin: 0; padding: 0; }
ul, ol { list-style: none; }
h2, h3, h4 { font-size: 1.0625em; font-weight: 650; line-height: 1.3; text-wrap: balance; }
.card {
  background: var(--_surface); color: var(--_ink); border: 1px solid var(--_line);
  border-radius: var(--_radius); padding: 1rem 1.125rem; display: grid; gap: 0.75rem;
}
.soft { color: var(--_soft); font-size: 0.9375em; }
.figure { font-variant-numeric: tabular-nums; }
.problem { color: var(--_bad); font-size: 0.9375em; }
.problem:empty, .say:empty { display: none; }
.taken {
  display: flex; flex-wrap: wrap; gap: 0.5rem 1rem; align-items: center; justify-content: space-between;
  padding: 0.7rem 0.9rem; border-radius: calc(var(--_radius) - 3px); background: var(--_tint); color: var(--_ink); font-weight: 550;
}
button, input, select { font: inherit; color: inherit; }
button {
  min-block-size: 2.75rem; padding: 0.4rem 1rem; border: 1px solid var(--_line); border-radius: calc(var(--_radius) - 3px);
  background: transparent; color: var(--_ink); font-weight: 600; cursor: pointer;
}
.failed button { justify-self: start; }
.failed.line { font-size: 0.9375em; font-weight: 400; }
.failed.line button { min-block-size: 1.75rem; padding: 0; border: 0; background: none; color: inherit; font-size: inherit; text-decoration: underline; }
button[aria-disabled="true"] { opacity: 0.7; cursor: progress; }
.taken button { border-color: var(--_soft); }
button:hover { border-color: var(--_soft); }
button.primary { background: var(--_accent); border-color: var(--_accent); color: var(--_on-accent); }
button:disabled { opacity: 0.55; cursor: progress; }
:focus-visible { outline: 3px solid var(--_accent); outline-offset: 2px; border-radius: 6px; }
input[type="range"], input[type="checkbox"], input[type="radio"] { accent-color: var(--_accent); }
progress { inline-size: 100%; block-size: 0.5rem; border: 0; border-radius: 99px; overflow: hidden; appearance: none; background: var(--_line); color: var(--_accent); }
progress::-webkit-progress-bar { background: var(--_line); }
progress::-webkit-progress-value { background: var(--_accent); border-radius: 99px; transition: inline-size 300ms; }
progress::-moz-progress-bar { background: var(--_accent); border-radius: 99px; }
.wait { display: block; border-radius: 6px; background: var(--_line); min-block-size: 1em; animation: wait 1.6s ease-in-out infinite alternate; }
@keyframes wait { to { opacity: 0.45; } }
.hidden { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (prefers-reduced-motion: reduce) { *, *::before, *::after, progress::-webkit-progress-value { animation: none !important; transition: none !important; } }
@media (forced-colors: active) { button.primary, .card { border: 1px solid; } }
`;
