import "./keys.css";

import type { RouteObject } from "react-router";

import { Keys } from "./Keys";

export const routes: RouteObject[] = [{ index: true, Component: Keys }];
