import type { ReactNode } from "react";
import { Link } from "react-router";

import type { Looks } from "./Button";

/** A link to another page that looks like a button. */
export function ButtonLink(props: Looks & { to: string; children: ReactNode }) {
  return (
    <Link className="kit-button" to={props.to} data-variant={props.variant ?? "primary"} data-size={props.size ?? "medium"}>
      {props.icon}
      {props.children}
    </Link>
  );
}
