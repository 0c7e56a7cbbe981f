import "./overview.css";

import type { RouteObject } from "react-router";

import { Overview } from "./Overview";

export const routes: RouteObject[] = [{ index: true, Component: Overview }];
