import { Button, Empty, Failure, Section, useNotify, useT } from "@/kit";
import { useState } from "react";

import { useApi } from "@/api";
import { dataOf } from "@/api/client";

import type { Json } from "./form";

/** Where there are no tiers yet: what they are, and three to begin with. */
export function Beginning(props: { disabled: boolean; begin: (section: Json) => void }) {
  const t = useT();
  const notify = useNotify();
  const { api } = useApi();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const fetched = async () => {
    setBusy(true);
    setFailure(null);
    try {
      const { section, by_orders } = (await dataOf(api.GET("/api/dashboard/v1/tiers/template"))) as { section: Json | null; by_orders: boolean };
      if (section === null) {
        notify("error", t("tiers.no_channel"), t("tiers.no_channel_text"));
        return;
      }
      notify("info", t("tiers.begun"), t(by_orders ? "tiers.begun_by_orders" : "tiers.begun_by_points"));
      props.begin(section);
    } catch (reason: unknown) {
      setFailure(reason);
    } finally {
      setBusy(false);
    }
  };
  const button = (
    <Button type="button" disabled={busy} onClick={() => void fetched()} data-tiers="template">
      {t("tiers.template")}
    </Button>
  );
  return (
    <Section title={t("tiers.levels")}>
      <Empty title={t("tiers.none")} action={props.disabled ? undefined : button}>
        {t("tiers.none_text")}
      </Empty>
      {failure !== null && <Failure error={failure} />}
    </Section>
  );
}
