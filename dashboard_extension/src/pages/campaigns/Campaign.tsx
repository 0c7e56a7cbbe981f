import { Fragment } from "react";
import { useParams } from "react-router";

import { useApiMutation, useApiQuery } from "@/api";
import { Badge, Button, Failure, Figures, Loaded, Money, Notice, Page, Points, Section, useNotify, useT, When } from "@/kit";

import { Actions } from "./Actions";
import { StateBadge } from "./Campaigns";
import { Codes } from "./Codes";
import { Problems } from "./Editor";
import { PATH, type CampaignOf } from "./form";
import { Overlaps } from "./Overlaps";
import { Terms } from "./Terms";
import { TryIt } from "./TryIt";

/** One campaign: where it stands, what it cost, its codes, and its terms. */
export function Campaign() {
  const t = useT();
  const { id = "" } = useParams();
  const query = useApiQuery(`${PATH}/{campaign}`, { params: { path: { campaign: id } } }, { refetchInterval: 10_000 });
  const choices = useApiQuery(`${PATH}/choices`);
  const renew = async () => (await query.refetch()).data;
  return (
    <Page title={query.data?.name ?? t("campaigns.one")} actions={query.data && <Actions of={query.data} />}>
      <Loaded query={query} lines={8}>
        {(one) => {
          const terms = (
            <Loaded key="terms" query={choices}>
              {(found) => <Terms of={one} choices={found} renew={renew} />}
            </Loaded>
          );
          const others = [
            <Fragment key="codes">
              {one.sharing !== "" && (one.state !== "draft" || one.codes > 0) && <Codes key={one.id} of={one} />}
            </Fragment>,
            <TryIt key="try" of={one} />,
            <Overlaps key="overlaps" of={one} />,
          ];
          return (
            <>
              <Standing of={one} />
              {one.state === "draft" && one.problems.length > 0 && (
                <Notice tone={one.problems.some(({ severity }) => severity === "error") ? "error" : "warning"}>
                  <Problems of={one.problems} />
                </Notice>
              )}
              {/* By their keys, so that the form stays what it is when it is scheduled while somebody writes. */}
              {one.state === "draft" ? [terms, ...others] : [...others, terms]}
              {one.versions.length > 0 && <Versions of={one} />}
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

function Standing({ of }: { of: CampaignOf }) {
  const t = useT();
  const money = of.spent.map((one) => <Money key={one.currency} {...one} />);
  return (
    <Section title={t("campaigns.standing")} actions={<StateBadge of={of} />}>
      {of.trouble && <Trouble of={of} />}
      <Figures
        items={[
          { label: t("campaigns.orders"), name: "orders", value: <Points value={of.orders} /> },
          { label: t("campaigns.members"), name: "members", value: <Points value={of.members} /> },
          {
            label: t("campaigns.cost"),
            name: "cost",
            value:
              of.kind === "points" ? (
                <>
                  <Points value={of.spent_points} /> {t("campaigns.points")}
                </>
              ) : (
                <span className="campaigns-stack">{money.length ? money : "–"}</span>
              ),
          },
        ]}
      />
      {of.budget_used !== null && <BudgetBar used={of.budget_used} />}
      {of.reduced && <Notice tone="info">{t("campaigns.is_reduced")}</Notice>}
      {of.overshot.length > 0 && (
        <Notice tone="warning">
          {t("campaigns.overshot", { late: of.late })} {of.overshot.map((one) => <Money key={one.currency} {...one} />)}
        </Notice>
      )}
    </Section>
  );
}

function BudgetBar({ used }: { used: number }) {
  const t = useT();
  return (
    <div className="campaigns-bar">
      <div className="kit-section-head">
        <span>{t("campaigns.budget")}</span>
        <strong>{t("campaigns.percent_used", { percent: used })}</strong>
      </div>
      <progress max={100} value={Math.min(100, used)} aria-label={t("campaigns.budget")} data-over={used >= 100 ? "" : undefined} />
    </div>
  );
}

/** Why its codes cannot be made, and in what the owner's own code differs. */
export function Trouble({ of }: { of: Pick<CampaignOf, "id" | "code" | "trouble" | "differs"> }) {
  const t = useT();
  const notify = useNotify();
  const adopt = useApiMutation("post", `${PATH}/{campaign}/adopt`, { onSuccess: () => notify("success", t("campaigns.adopted")) });
  const adoptable = of.trouble === "code_taken" || of.trouble === "code_differs";
  return (
    <Notice
      tone="error"
      actions={
        adoptable && (
          <Button variant="secondary" disabled={adopt.isPending} onClick={() => adopt.mutate({ params: { path: { campaign: of.id } } })}>
            {t("campaigns.adopt")}
          </Button>
        )
      }
    >
      <p>{t(`campaigns.trouble.${of.trouble || "refused"}`, { code: of.code ?? "" })}</p>
      {of.differs.length > 0 && (
        <ul>
          {of.differs.map((one) => (
            <li key={one}>{t(`campaigns.differs.${one}`)}</li>
          ))}
        </ul>
      )}
      {adopt.error && <Failure error={adopt.error} />}
    </Notice>
  );
}

function Versions({ of }: { of: CampaignOf }) {
  const t = useT();
  return (
    <Section title={t("campaigns.versions")}>
      <ul className="campaigns-versions">
        {of.versions.map((one) => (
          <li key={one.version}>
            {t("campaigns.version", { version: one.version })} · <When at={one.from_at} /> {one.by_you && <Badge>{t("campaigns.by_you")}</Badge>}
          </li>
        ))}
      </ul>
    </Section>
  );
}
