import { useT } from "@/kit";
import { Link } from "react-router";

import { Problems } from "./Conditions";
import { useEditing } from "./context";
import { FieldChoices } from "./pickers";
import { saidAt } from "./places";

/** The tiers that a rule waits for. */
export function TierReached(props: { field: string }) {
  const t = useT();
  const { tiers, findings } = useEditing();
  const name = `${props.field}.on`;
  return (
    <div className="kit-stack" data-tiers-waited="">
      <FieldChoices name={name} label={t("rules.tier_rule")} choices={tiers} />
      <p className="kit-hint">{t("rules.tier_rule_hint")}</p>
      {tiers.length === 0 && (
        <p className="kit-hint">
          {t("rules.tier_rule_none")}{" "}
          <Link className="kit-link" to="/tiers">
            {t("rules.perk_to_tiers")}
          </Link>
        </p>
      )}
      <Problems found={saidAt(findings, name)} />
    </div>
  );
}
