import type { RouteObject } from "react-router";

import { Events } from "./Events";

export const routes: RouteObject[] = [{ index: true, Component: Events }];
