import type { RouteObject } from "react-router";

import { Deliveries } from "./Deliveries";
import { Webhooks } from "./Webhooks";

export const routes: RouteObject[] = [
  { index: true, Component: Webhooks },
  { path: ":hook", Component: Deliveries },
];
