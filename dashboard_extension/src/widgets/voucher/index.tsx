import { useApiQuery } from "@/api/hooks";
import { Button, Figures, Given, Loaded, Points, useT } from "@/kit";

import { useChanges } from "../shared/changes";
import { param, useOpenPage } from "../shared/place";

/** Beside a voucher: the points that made it, and what became of them. */
export function Widget() {
  useChanges();
  const t = useT();
  const openPage = useOpenPage();
  const query = useApiQuery("/api/dashboard/v1/widgets/voucher", {
    params: { query: { voucher_id: param("voucherId") } },
  });
  return (
    <Loaded query={query} lines={2}>
      {({ redemption, member, sentences }) =>
        redemption === null ? (
          <p className="kit-soft">{t("voucher.none")}</p>
        ) : (
          <>
            <Figures
              items={[
                { label: t("voucher.points"), name: "points", value: <Points value={redemption.points} /> },
                { label: t("voucher.worth"), name: "worth", value: <Given {...redemption} /> },
              ]}
            />
            <ul className="widget-lines">
              {sentences.map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
            <p className="kit-soft kit-small">{t("voucher.leave")}</p>
            {member && (
              <div className="kit-actions">
                <Button size="small" variant="tertiary" onClick={() => openPage(`/members/${member.id}`)} data-deed="open">
                  {t("shared.open_member")}
                </Button>
              </div>
            )}
          </>
        )
      }
    </Loaded>
  );
}
