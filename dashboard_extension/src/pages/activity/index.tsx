import "./activity.css";

import type { RouteObject } from "react-router";

import { Activity, FirstTab } from "./Activity";
import { Audits } from "./Audits";
import { Cases } from "./Cases";
import { Changes } from "./Changes";
import { DeadLetters } from "./DeadLetters";
import { Inbox } from "./Inbox";
import { Jobs } from "./Jobs";
import { Redemptions } from "./Redemptions";

export const routes: RouteObject[] = [
  {
    Component: Activity,
    children: [
      { index: true, Component: FirstTab },
      { path: "cases", Component: Cases },
      { path: "redemptions", Component: Redemptions },
      { path: "changes", Component: Changes },
      { path: "audits", Component: Audits },
      { path: "inbox", Component: Inbox },
      { path: "dead-letters", Component: DeadLetters },
      { path: "jobs", Component: Jobs },
    ],
  },
];
