import type { components } from "@/api";
import { Notice, Section, useT, When } from "@/kit";

/** What is wrong, since when; the words say how it is mended. */
export function Troubles(props: { problems: readonly components["schemas"]["StoreTrouble"][] }) {
  const t = useT();
  if (props.problems.length === 0) return null;
  return (
    <Section title={t("start.problems")}>
      {props.problems.map((problem) => (
        <Notice key={problem.key} tone="error">
          <p>{problem.message}</p>
          <p className="kit-small">
            {t("start.since")} <When at={problem.since} />
          </p>
        </Notice>
      ))}
    </Section>
  );
}
