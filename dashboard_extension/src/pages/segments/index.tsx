import type { RouteObject } from "react-router";

import { Members } from "./Members";
import { Segments } from "./Segments";

export const routes: RouteObject[] = [
  { index: true, Component: Segments },
  { path: ":segment", Component: Members },
];
