import type { RouteObject } from "react-router";

import { Bonuses } from "./Bonuses";

export const routes: RouteObject[] = [{ index: true, Component: Bonuses }];
