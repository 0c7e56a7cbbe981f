import type { RouteObject } from "react-router";

import { Storefront } from "./Storefront";

export const routes: RouteObject[] = [{ index: true, Component: Storefront }];
