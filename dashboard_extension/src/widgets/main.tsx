import "virtual:macaw-tokens.css";
import "@/kit/kit.css";
import "./shared/widgets.css";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { showAway } from "@/shell/away";
import { firstLocale } from "@/shell/bridge";
import { languageOf } from "@/shell/catalogue";
import { Providers } from "@/shell/Providers";
import { surroundings } from "@/shell/surroundings";

import { Boundary } from "./shared/Boundary";
import { Frame } from "./shared/Frame";
import { fresh } from "./shared/fresh";
import { WIDGETS } from "./widgets";

/** `/widget/<name>` and `/popup/<name>` show the component of `widgets/<name>`. */
const [, kind = "", name = ""] = /^\/(widget|popup)\/([a-z-]+)\/?$/.exec(location.pathname) ?? [];
const root = document.getElementById("root");
const entry = WIDGETS[name];
if (root === null || entry === undefined) throw new Error(`no widget has the name ${name}`);
document.documentElement.dataset.kind = kind;
const [{ Widget }, around] = await fresh(() =>
  Promise.all([entry(), surroundings("shell", "widgets/shared", `widgets/${name}`)]),
).catch((cause: unknown) => {
  showAway(root, languageOf(firstLocale()));
  throw cause;
});
createRoot(root).render(
  <StrictMode>
    <Providers {...around}>
      <Frame grows={kind === "widget" && name !== "home"}>
        <Boundary>
          <Widget />
        </Boundary>
      </Frame>
    </Providers>
  </StrictMode>,
);
