import type { RouteObject } from "react-router";

import { Program } from "./Program";

export const routes: RouteObject[] = [{ index: true, Component: Program }];
