import { Link } from "react-router";

import { useApiQuery } from "@/api";
import { Loaded, Section, useT, When } from "@/kit";

import { PATH, type CampaignOf } from "./form";

/** What else runs meanwhile: the store's own promotions, asked from Saleor, and other campaigns. */
export function Overlaps({ of }: { of: CampaignOf }) {
  const t = useT();
  const query = useApiQuery(`${PATH}/{campaign}/overlaps`, { params: { path: { campaign: of.id } } }, { enabled: of.state !== "ended" });
  if (of.state === "ended") return null;
  return (
    <Section title={t("campaigns.meanwhile")} hint={t(of.sharing === "" ? "campaigns.meanwhile_hint_points" : "campaigns.meanwhile_hint")}>
      <Loaded query={query} lines={2}>
        {({ promotions, campaigns }) =>
          promotions.length + campaigns.length === 0 ? (
            <p className="kit-soft">{t("campaigns.nothing_else")}</p>
          ) : (
            <ul className="campaigns-versions">
              {promotions.map((one) => (
                <li key={one.id}>
                  {t(`campaigns.promotion.${one.kind === "ORDER" ? "order" : "catalogue"}`, { name: one.name })} · <When at={one.starts_at} form="day" /> –{" "}
                  {one.ends_at ? <When at={one.ends_at} form="day" /> : "…"}
                </li>
              ))}
              {campaigns.map((one) => (
                <li key={one.id}>
                  <Link className="kit-link" to={`/campaigns/${one.id}`}>{one.name}</Link> · {t(`campaigns.state.${one.state}`)} · <When at={one.starts_at} form="day" /> – <When at={one.ends_at} form="day" />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Section>
  );
}
