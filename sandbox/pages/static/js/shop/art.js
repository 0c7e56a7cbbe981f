/** A picture for each product, drawn here: the shop needs no image files. */

import { s } from "/pages/js/lib/dom.js";

const PALETTES = [
  ["#e9efe6", "#2f6b4f", "#f2b84b", "#b9cfb4"],
  ["#f6e8df", "#b5533c", "#30475e", "#ecc3a2"],
  ["#e6ecf5", "#2b4c7e", "#f28f6b", "#b3c5e3"],
  ["#f3ead3", "#7a4a21", "#4b7f6a", "#dfc68d"],
  ["#efe6f2", "#5b3a73", "#e39b3d", "#cfb8da"],
  ["#e3f0ef", "#1f6f78", "#e2725b", "#acd3d0"],
];

const path = (d, fill, more = {}) => s("path", { d, fill, ...more });
const circle = (cx, cy, r, fill) => s("circle", { cx, cy, r, fill });
const rect = (x, y, width, height, rx, fill) => s("rect", { x, y, width, height, rx, fill });
const line = (d, stroke, width = 4) => s("path", { d, fill: "none", stroke, "stroke-width": width, "stroke-linecap": "round", "stroke-linejoin": "round" });
const bean = (x, y, turn, fill, seam) => s("g", { transform: `translate(${x} ${y}) rotate(${turn})` },
  s("ellipse", { rx: 13, ry: 9, fill }), line("M-11 1C-5 -4 4 4 11 -1", seam, 2));

function bag(dark, warm, soft) {
  return [path("M54 26h52l6 14v58a6 6 0 0 1-6 6H54a6 6 0 0 1-6-6V40z", dark), rect(54, 18, 52, 12, 3, soft), rect(58, 52, 44, 34, 4, warm), bean(80, 69, -35, dark, soft)];
}

function beans(dark, warm, soft) {
  return [circle(80, 64, 46, soft), bean(62, 50, -30, dark, warm), bean(94, 46, 25, dark, warm), bean(78, 70, 70, dark, warm), bean(54, 80, 10, dark, warm), bean(104, 80, -50, dark, warm), bean(80, 96, -10, dark, warm)];
}

function glass(dark, warm, soft) {
  return [rect(44, 96, 72, 7, 3.5, soft), path("M60 34h40c0 14-8 18-8 28s8 14 8 32H60c0-18 8-22 8-32s-8-14-8-28z", soft), path("M66 48h28c-3 5-4 9-4 14 0 9 7 15 8 28H62c1-13 8-19 8-28 0-5-1-9-4-14z", dark), line("M72 26c-4-6 4-8 0-14M88 26c-4-6 4-8 0-14", warm, 3)];
}

function leaves(dark, warm, soft) {
  const leaf = "M0 0C30 -4 52 -22 58 -52C26 -48 4 -30 0 0z";
  return [path(leaf, dark, { transform: "translate(80 98)" }), path(leaf, soft, { transform: "translate(80 98) scale(-1 1)" }), path(leaf, warm, { transform: "translate(80 86) rotate(-47) scale(0.9)" }), line("M80 108V70", dark)];
}

function shirt(dark, warm, soft) {
  return [path("M62 22 40 32 24 58l16 10 8-10v46h64V58l8 10 16-10-16-26-22-10c-4 9-32 9-36 0z", dark), path("M62 22c4 9 32 9 36 0l-4-2H66z", soft), line("M80 34v68", soft, 2), circle(80, 50, 2.6, warm), circle(80, 66, 2.6, warm), circle(80, 82, 2.6, warm)];
}

function scarf(dark, warm, soft) {
  return [path("M46 26c18 18 50 18 68 0l8 16c-22 24-62 24-84 0z", dark), path("M64 48h24v46H64z", dark), path("M92 46h24v34H92z", warm), line("M64 62h24M64 76h24", soft, 5), line("M92 60h24", soft, 5), line("M67 96v10M76 96v10M85 96v10", dark, 3), line("M95 82v10M104 82v10M113 82v10", warm, 3)];
}

function cup(dark, warm, soft) {
  return [rect(34, 100, 92, 6, 3, soft), path("M46 46h56v28a24 24 0 0 1-24 24h-8a24 24 0 0 1-24-24z", dark), line("M102 54h8a13 13 0 0 1 0 26h-10", dark, 7), path("M46 58c10 8 18-6 28 2s18-4 28-2v10H46z", warm), line("M62 36c-5-7 5-9 0-16M80 36c-5-7 5-9 0-16", soft)];
}

function card(dark, warm, soft) {
  return [rect(30, 34, 100, 62, 9, dark), rect(78, 34, 12, 62, 0, warm), rect(30, 56, 100, 12, 0, warm), path("M84 62C70 40 52 48 62 58c6 5 16 5 22 4 6 1 16 1 22-4 10-10-8-18-22 4z", soft), circle(84, 61, 6, warm)];
}

const KNOWN = {
  "filter-coffee": [bag, 3], "espresso-beans": [beans, 1], "black-tea": [glass, 1], "green-tea": [leaves, 0],
  "linen-shirt": [shirt, 2], "wool-scarf": [scarf, 4], "ceramic-cup": [cup, 5], "gift-card": [card, 0],
};
const OTHERS = [bag, cup, leaves, beans];

function seed(text) {
  let value = 2166136261;
  for (const letter of text) value = Math.imul(value ^ letter.codePointAt(0), 16777619);
  return value >>> 0;
}

/** The picture of a product, for the eye only. */
export function picture(product) {
  const value = seed(product.slug);
  const [draw, palette] = KNOWN[product.slug] ?? [OTHERS[(value >>> 8) % OTHERS.length], value % PALETTES.length];
  const [ground, dark, warm, soft] = PALETTES[palette];
  return s("svg", { viewBox: "0 0 160 120", class: "picture", "aria-hidden": "true", focusable: "false" },
    s("rect", { width: 160, height: 120, fill: ground }), draw(dark, warm, soft));
}
