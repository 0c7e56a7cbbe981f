import type { RouteObject } from "react-router";

import { DataKept } from "./DataKept";

export const routes: RouteObject[] = [{ index: true, Component: DataKept }];
