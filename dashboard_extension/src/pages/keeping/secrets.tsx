import type { RouteObject } from "react-router";

import { SecretList } from "./SecretList";

export const routes: RouteObject[] = [{ index: true, Component: SecretList }];
