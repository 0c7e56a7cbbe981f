import "./settings.css";

import type { RouteObject } from "react-router";

import { Settings } from "./Settings";

/** The frame around the tabs; what is in it is in `tabs.ts`. */
export const routes: RouteObject[] = [{ Component: Settings }];
