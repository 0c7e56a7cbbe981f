import type { RouteObject } from "react-router";

import { Holders } from "./Holders";
import { Tiers } from "./Tiers";

export const routes: RouteObject[] = [
  { index: true, Component: Tiers },
  { path: ":tier", Component: Holders },
];
