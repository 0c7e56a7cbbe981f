import { useApiQuery, type Answer } from "@/api/hooks";
import { Button, Empty, Figures, Loaded, Money, Notice, Points, useT } from "@/kit";

import { useChanges } from "../shared/changes";
import { useOpenPage } from "../shared/place";

const PATH = "/api/dashboard/v1/widgets/home";
/** The card has a height of its own, and its button stands below. */
const MOST_TROUBLES = 1;
type Seen = Answer<typeof PATH>;

/** On the Dashboard's first page: how large the program is, and what is wrong. */
export function Widget() {
  useChanges();
  const query = useApiQuery(PATH);
  return <Loaded query={query}>{(seen) => <Shown seen={seen} />}</Loaded>;
}

function Shown({ seen }: { seen: Seen }) {
  const t = useT();
  const openPage = useOpenPage();
  if (!seen.live && seen.members === 0) {
    return (
      <>
        <Empty
          title={t("home.not_live")}
          action={
            <Button size="small" variant="primary" onClick={() => openPage("/")} data-deed="begin">
              {t("home.begin")}
            </Button>
          }
        >
          {t("home.not_live_text")}
        </Empty>
        <Troubles seen={seen} />
      </>
    );
  }
  return (
    <>
      <Figures
        items={[
          {
            label: t("home.members"),
            name: "members",
            value: (
              <>
                <Points value={seen.members} />
                <span className="kit-small">{t("home.joined", { joined: seen.joined, days: seen.days })}</span>
              </>
            ),
          },
          { label: t("home.issued", { days: seen.days }), name: "issued", value: <Points value={seen.issued} /> },
          { label: t("home.redeemed", { days: seen.days }), name: "redeemed", value: <Points value={seen.redeemed} /> },
          {
            label: t("home.liability"),
            name: "liability",
            value: (
              <>
                {seen.liability.map((one) => (
                  <div key={one.currency}>
                    <Money {...one} />
                  </div>
                ))}
                <span className="kit-small">{t("home.outstanding", { points: seen.outstanding })}</span>
              </>
            ),
          },
        ]}
      />
      <Troubles seen={seen} />
    </>
  );
}

function Troubles({ seen }: { seen: Seen }) {
  const t = useT();
  const openPage = useOpenPage();
  if (seen.problems.length === 0 && seen.cases === 0) {
    return seen.live ? <p className="kit-soft">{t("home.all_well")}</p> : null;
  }
  const more = seen.problems.length - MOST_TROUBLES;
  return (
    <div className="widget-troubles">
      {seen.problems.slice(0, MOST_TROUBLES).map((one) => (
        <Notice key={one.key} tone="warning">
          <span className="widget-trouble">{one.message}</span>
        </Notice>
      ))}
      {more > 0 && <p className="kit-soft kit-small">{t("home.more", { more })}</p>}
      {seen.cases > 0 && <Notice tone="info">{t("home.cases", { cases: seen.cases })}</Notice>}
      <div className="kit-actions">
        <Button size="small" variant="secondary" onClick={() => openPage(seen.problems.length > 0 ? "/" : "/activity")} data-deed="mend">
          {t("home.mend")}
        </Button>
      </div>
    </div>
  );
}
