import type { RouteObject } from "react-router";

import { Start } from "./Start";

export const routes: RouteObject[] = [{ index: true, Component: Start }];
