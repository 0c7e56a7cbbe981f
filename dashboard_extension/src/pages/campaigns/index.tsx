import type { RouteObject } from "react-router";

import { Campaign } from "./Campaign";
import "./campaigns.css";
import { Campaigns } from "./Campaigns";
import { NewCampaign } from "./NewCampaign";

export const routes: RouteObject[] = [
  { index: true, Component: Campaigns },
  { path: "new", Component: NewCampaign },
  { path: ":id", Component: Campaign },
];
