import type { RouteObject } from "react-router";

import { Rules } from "./Rules";

export const routes: RouteObject[] = [{ index: true, Component: Rules }];
