import type { RouteObject } from "react-router";

import { Rewards } from "./Rewards";

export const routes: RouteObject[] = [{ index: true, Component: Rewards }];
