import "virtual:macaw-tokens.css";
import "@/kit/kit.css";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { Providers } from "@/shell/Providers";
import { surroundings } from "@/shell/surroundings";

import { WIDGETS } from "./widgets";

/** `/widget/<name>` and `/popup/<name>` show the component of `widgets/<name>`. */
const name = /^\/(?:widget|popup)\/([a-z-]+)\/?$/.exec(location.pathname)?.[1] ?? "";
const root = document.getElementById("root");
const entry = WIDGETS[name];
if (root === null || entry === undefined) throw new Error(`no widget has the name ${name}`);
const [{ Widget }, around] = await Promise.all([entry(), surroundings("shell", `widgets/${name}`)]);
createRoot(root).render(
  <StrictMode>
    <Providers {...around}>
      <Widget />
    </Providers>
  </StrictMode>,
);
