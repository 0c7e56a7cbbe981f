import type { RouteObject } from "react-router";

import { Publish } from "./Publish";

export const routes: RouteObject[] = [{ index: true, Component: Publish }];
