import { Notice } from "@/kit";

import type { Finding } from "./places";

/** What is wrong or doubtful, each after the name of what it is about; null where that is no one thing. */
export function Told(props: { found: readonly Finding[]; called: (path: string) => string | null }) {
  return props.found.map((one) => {
    const name = props.called(one.path);
    return (
      <Notice key={one.path + one.code} tone={one.severity === "error" ? "error" : "warning"}>
        {name !== null && <strong>{name}: </strong>}
        {one.text}
      </Notice>
    );
  });
}
