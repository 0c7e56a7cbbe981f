import type { components } from "@/api";
import { Badge, ButtonLink, Figures, Notice, Points, Section, useT, When, type Tone } from "@/kit";

import { addressOf } from "./places";

type Program = components["schemas"]["StartProgram"];

const TONES: Readonly<Record<Program["state"], Tone>> = {
  coming: "info",
  proposed: "warning",
  scheduled: "info",
  in_force: "success",
};

/** Where the program stands, and how large it is. */
export function Standing(props: { program: Program; figures: components["schemas"]["Numbers"] }) {
  const t = useT();
  const { program, figures } = props;
  const publish = addressOf("publish");
  return (
    <Section title={program.name ?? t("start.program")} actions={<Badge tone={TONES[program.state]}>{t(`start.state.${program.state}`)}</Badge>}>
      <div data-program-state={program.state} className="kit-stack">
        <p>
          {t(`start.state_text.${program.state}`, { revision: program.revision })}
          {program.since !== null && (
            <>
              {" "}
              <When at={program.since} />
            </>
          )}
        </p>
        {program.state === "in_force" && (
          <Figures
            items={[
              { label: t("start.members"), value: <Points value={figures.members} />, name: "members" },
              { label: t("start.outstanding"), value: <Points value={figures.outstanding} />, name: "outstanding" },
              { label: t("start.pending"), value: <Points value={figures.pending} />, name: "pending" },
            ]}
          />
        )}
        {program.unpublished && program.revision !== null && (
          <Notice
            tone="info"
            actions={
              publish !== null && (
                <ButtonLink to={publish} variant="secondary">
                  {t("start.see_changes")}
                </ButtonLink>
              )
            }
          >
            {t("start.unpublished")}
          </Notice>
        )}
      </div>
    </Section>
  );
}
