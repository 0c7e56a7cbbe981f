import type { Placed } from "@/pages/rules/places";

/** What is wrong or doubtful, where no field says it itself. */
export function Problems(props: { found: readonly Placed[] }) {
  if (props.found.length === 0) return null;
  return (
    <ul className="tiers-problems">
      {props.found.map((one) => (
        <li key={one.path + one.code} className={one.severity === "error" ? "kit-wrong" : "tiers-doubt"}>
          {one.text}
        </li>
      ))}
    </ul>
  );
}
