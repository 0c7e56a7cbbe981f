import "./month-end.css";

import type { RouteObject } from "react-router";

import { Accounts } from "./Accounts";
import { Month } from "./Month";
import { Months } from "./Months";

export const routes: RouteObject[] = [
  { index: true, Component: Months },
  { path: "accounts", Component: Accounts },
  { path: ":month", Component: Month },
];
