import { type components } from "@/api";
import { Badge } from "@/kit";

import "./segments.css";

type Reason = components["schemas"]["SegmentReason"];

/** What a segment asks for, what the member has of it, and whether it is met; groups as groups. */
export function Reasons(props: { reasons: Reason[]; holds: string; holdsNot: string }) {
  return (
    <ul className="segments-why">
      {props.reasons.map((one, at) => (
        <li key={at} data-reason={one.kind} data-holds={one.holds}>
          <span aria-hidden="true" className="segments-mark">
            {one.holds ? "✓" : "✗"}
          </span>
          <div>
            {one.number !== "" && <Badge tone={one.holds ? "success" : "neutral"}>{one.number}</Badge>} <span>{one.condition}</span>{" "}
            <span className="kit-visually-hidden">{one.holds ? props.holds : props.holdsNot}</span>
            {one.of.length > 0 && <Reasons {...props} reasons={one.of} />}
          </div>
        </li>
      ))}
    </ul>
  );
}
