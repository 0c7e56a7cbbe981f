import "./members.css";

import type { RouteObject } from "react-router";

import { Budgets } from "./Budgets";
import { MemberList } from "./MemberList";
import { MemberPage } from "./MemberPage";
import { Requests } from "./Requests";

export const routes: RouteObject[] = [
  { index: true, Component: MemberList },
  { path: "requests", Component: Requests },
  { path: "budgets", Component: Budgets },
  { path: ":id", Component: MemberPage },
];
