/** A picture for each product, drawn from its address: the shop needs no image files. */

import { s } from "/pages/js/lib/dom.js";

const PALETTES = [
  ["#e9efe6", "#2f6b4f", "#f2b84b", "#c9d8c5"],
  ["#f6e8df", "#b5533c", "#30475e", "#f0c9a8"],
  ["#e6ecf5", "#2b4c7e", "#f28f6b", "#b8c9e6"],
  ["#f3ead3", "#8a5a2b", "#4b7f6a", "#e4cf9d"],
  ["#efe6f2", "#5b3a73", "#e39b3d", "#d6c2df"],
  ["#e3f0ef", "#1f6f78", "#e2725b", "#b5d8d6"],
];

function seed(text) {
  let value = 2166136261;
  for (const letter of text) value = Math.imul(value ^ letter.codePointAt(0), 16777619);
  return value >>> 0;
}

function arcs([, dark, warm, soft]) {
  return [
    s("circle", { cx: 80, cy: 120, r: 62, fill: soft }),
    s("path", { d: "M18 120a62 62 0 0 1 124 0z", fill: dark }),
    s("path", { d: "M49 120a31 31 0 0 1 62 0z", fill: warm }),
  ];
}

function moons([, dark, warm, soft]) {
  return [
    s("circle", { cx: 62, cy: 62, r: 44, fill: dark }),
    s("circle", { cx: 98, cy: 98, r: 44, fill: warm, "fill-opacity": 0.9 }),
    s("circle", { cx: 80, cy: 80, r: 15, fill: soft }),
  ];
}

function leaves([, dark, warm, soft]) {
  const leaf = "M0 0C26 -8 44 -30 44 -56C18 -48 0 -26 0 0z";
  return [
    s("path", { d: "M80 148V62", stroke: dark, "stroke-width": 5, "stroke-linecap": "round" }),
    s("path", { d: leaf, fill: dark, transform: "translate(80 118)" }),
    s("path", { d: leaf, fill: warm, transform: "translate(80 98) scale(-1 1)" }),
    s("path", { d: leaf, fill: soft, transform: "translate(80 78) rotate(-40)" }),
  ];
}

function vessels([, dark, warm, soft]) {
  return [
    s("path", { d: "M36 66h52v52a26 26 0 0 1-52 0z", fill: dark }),
    s("path", { d: "M88 78h10a14 14 0 0 1 0 28H88", fill: "none", stroke: dark, "stroke-width": 7 }),
    s("rect", { x: 36, y: 66, width: 52, height: 16, fill: warm }),
    s("rect", { x: 24, y: 140, width: 112, height: 6, rx: 3, fill: soft }),
    s("circle", { cx: 122, cy: 46, r: 16, fill: warm }),
  ];
}

function card([, dark, warm, soft]) {
  return [
    s("rect", { x: 26, y: 46, width: 108, height: 70, rx: 10, fill: dark }),
    s("rect", { x: 26, y: 62, width: 108, height: 12, fill: warm }),
    s("circle", { cx: 118, cy: 98, r: 8, fill: soft }),
    s("rect", { x: 38, y: 94, width: 42, height: 7, rx: 3.5, fill: soft }),
  ];
}

const DRAWINGS = [arcs, moons, leaves, vessels];

/** The picture of a product, for the eye only. */
export function picture(product) {
  const value = seed(product.slug);
  const palette = PALETTES[value % PALETTES.length];
  const draw = product.productType.kind === "GIFT_CARD" ? card : DRAWINGS[(value >>> 8) % DRAWINGS.length];
  return s("svg", { viewBox: "0 0 160 160", class: "picture", "aria-hidden": "true", focusable: "false" },
    s("rect", { width: 160, height: 160, fill: palette[0] }), draw(palette));
}
