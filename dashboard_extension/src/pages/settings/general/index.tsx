import type { RouteObject } from "react-router";

import { General } from "./General";

export const routes: RouteObject[] = [{ index: true, Component: General }];
