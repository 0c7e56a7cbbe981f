import type { RouteObject } from "react-router";

import { Announcement } from "./Announcement";
import { Consents } from "./Consents";
import { Log } from "./Log";
import { Mail } from "./Mail";
import { Messages } from "./Messages";

export const routes: RouteObject[] = [
  {
    Component: Messages,
    children: [
      { index: true, Component: Mail },
      { path: "log", Component: Log },
      { path: "announcement", Component: Announcement },
      { path: "consents", Component: Consents },
    ],
  },
];
