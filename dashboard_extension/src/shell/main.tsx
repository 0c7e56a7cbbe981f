import "virtual:macaw-tokens.css";
import "@/kit/kit.css";
import "./shell.css";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { RouterProvider } from "react-router/dom";

import { showAway } from "./away";
import { firstLocale } from "./bridge";
import { languageOf } from "./catalogue";
import { Providers } from "./Providers";
import { newRouter } from "./router";
import { surroundings } from "./surroundings";

const root = document.getElementById("root");
if (root === null) throw new Error("the page has no root");
const around = await surroundings("shell").catch((cause: unknown) => {
  showAway(root, languageOf(firstLocale()));
  throw cause;
});
const router = newRouter(around.bridge, around.catalogue);
createRoot(root).render(
  <StrictMode>
    <Providers {...around}>
      <RouterProvider router={router} />
    </Providers>
  </StrictMode>,
);
