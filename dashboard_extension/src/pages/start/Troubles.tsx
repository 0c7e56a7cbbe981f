import type { components } from "@/api";
import { ButtonLink, Notice, Section, useT, When } from "@/kit";

import { mendedAt } from "./places";

/** What is wrong and since when; the words say how it is mended, the button leads there. */
export function Troubles(props: { problems: readonly components["schemas"]["StartProblem"][] }) {
  const t = useT();
  if (props.problems.length === 0) return null;
  return (
    <Section title={t("start.problems")}>
      {props.problems.map((problem) => {
        const address = mendedAt(problem);
        return (
          <Notice
            key={problem.key}
            tone="error"
            actions={
              address !== null && (
                <ButtonLink to={address} variant="secondary" size="small">
                  {t(problem.mended_on === "activity" ? "start.mend_activity" : "start.mend_settings")}
                </ButtonLink>
              )
            }
          >
            <p>{problem.message}</p>
            <p className="kit-small">
              {t("start.since")} <When at={problem.since} />
            </p>
          </Notice>
        );
      })}
    </Section>
  );
}
