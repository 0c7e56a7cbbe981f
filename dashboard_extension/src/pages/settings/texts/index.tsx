import type { RouteObject } from "react-router";

import { Editor } from "./Editor";
import { Kinds } from "./Kinds";

export const routes: RouteObject[] = [
  { index: true, Component: Kinds },
  { path: ":kind/:language", Component: Editor },
];
