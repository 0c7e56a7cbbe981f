import type { RouteObject } from "react-router";

import { RewardsPage } from "./RewardsPage";

export const routes: RouteObject[] = [{ index: true, Component: RewardsPage }];
