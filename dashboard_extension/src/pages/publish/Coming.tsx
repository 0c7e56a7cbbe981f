import { Button, ConfirmDialog, Section, Terms, useNotify, useT, When } from "@/kit";
import { useState } from "react";

import { useApiMutation } from "@/api";

import type { Seen } from "./Publish";

/** What comes into force later; it can be called off until then. */
export function Coming(props: { seen: Seen }) {
  const t = useT();
  const notify = useNotify();
  const [asked, setAsked] = useState<number | null>(null);
  const cancel = useApiMutation("post", "/api/dashboard/v1/publishing/revisions/{number}/cancel", {
    onSuccess: () => {
      setAsked(null);
      notify("success", t("publish.called_off"));
    },
  });
  return (
    <Section title={t("publish.coming")}>
      {props.seen.scheduled.map((one) => (
        <div key={one.number} className="publish-row" data-scheduled={one.number}>
          <Terms
            items={[
              { name: t("publish.program"), value: `${one.name} · ${t("publish.revision", { number: one.number })}` },
              { name: t("publish.begins"), value: <When at={one.effective_from} /> },
              ...(one.note === "" ? [] : [{ name: t("publish.note"), value: one.note }]),
            ]}
          />
          {props.seen.may_change && (
            <Button type="button" variant="secondary" onClick={() => setAsked(one.number)} data-cancel={one.number}>
              {t("publish.call_off")}
            </Button>
          )}
        </div>
      ))}
      {asked !== null && (
        <ConfirmDialog
          title={t("publish.call_off_title")}
          confirm={t("publish.call_off")}
          destructive
          busy={cancel.isPending}
          error={cancel.error}
          onConfirm={() => cancel.mutate({ params: { path: { number: asked } } })}
          onClose={() => {
            cancel.reset();
            setAsked(null);
          }}
        >
          <p>{t(props.seen.in_force === null ? "publish.call_off_first" : "publish.call_off_text", { number: props.seen.in_force?.number ?? 0 })}</p>
        </ConfirmDialog>
      )}
    </Section>
  );
}
