import "./import.css";

import type { RouteObject } from "react-router";

import { Import } from "./Import";

/** Members and points from another system. */
export const routes: RouteObject[] = [{ index: true, Component: Import }];
