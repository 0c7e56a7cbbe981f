import type { RouteObject } from "react-router";

import { WindDown } from "./WindDown";

export const routes: RouteObject[] = [{ index: true, Component: WindDown }];
