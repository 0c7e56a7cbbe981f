import { Button, ConfirmDialog, FieldDate, FieldLongText, FieldSelect, useNotify, useT, When } from "@/kit";
import { useState } from "react";
import { useForm, useWatch } from "react-hook-form";

import { useApiMutation } from "@/api";

import { earliest, isToCome } from "./moments";
import type { Seen } from "./Publish";

interface PublishForm {
  when: "now" | "later";
  at: string | null;
  note: string;
}

/** Publishes the draft at once or at a moment on the store's clocks. */
export function PublishDraft(props: { seen: Seen; digest: string }) {
  const t = useT();
  const notify = useNotify();
  const { now, timezone, in_force: live } = props.seen;
  const { control, getValues } = useForm<PublishForm>({ defaultValues: { when: "now", at: null, note: "" } });
  const when = useWatch({ control, name: "when" });
  const at = useWatch({ control, name: "at" });
  const [asking, setAsking] = useState(false);
  const publish = useApiMutation("post", "/api/dashboard/v1/publish", {
    onSuccess: () => {
      setAsking(false);
      notify("success", t(when === "now" ? "publish.published" : "publish.scheduled"));
    },
  });
  const ready = when === "now" || isToCome(at, now);
  const send = () => {
    const values = getValues();
    publish.mutate({ body: { digest: props.digest, effective_from: values.when === "later" ? values.at : null, note: values.note.trim() } });
  };
  return (
    <div className="kit-stack">
      <div className="kit-fields">
        <FieldSelect
          control={control}
          name="when"
          label={t("publish.when")}
          choices={["now", "later"].map((value) => ({ value, label: t(`publish.when_choice.${value}`) }))}
        />
        {when === "later" && <FieldDate control={control} name="at" time min={earliest(now)} label={t("publish.at")} hint={t("publish.zone", { zone: timezone })} />}
      </div>
      <FieldLongText control={control} name="note" label={t("publish.note")} hint={t("publish.note_hint")} rows={2} maxLength={500} />
      <div className="kit-actions">
        <Button type="button" disabled={!ready} onClick={() => setAsking(true)} data-publish="ask">
          {t(when === "now" ? "publish.publish" : "publish.schedule")}
        </Button>
      </div>
      {asking && (
        <ConfirmDialog
          title={t(when === "now" ? "publish.confirm_title" : "publish.confirm_later_title")}
          confirm={t(when === "now" ? "publish.publish" : "publish.schedule")}
          busy={publish.isPending}
          error={publish.error}
          onConfirm={send}
          onClose={() => {
            publish.reset();
            setAsking(false);
          }}
        >
          <p>{t(live === null ? "publish.confirm_first" : "publish.confirm_next")}</p>
          {when === "later" && at !== null && (
            <p>
              {t("publish.confirm_at")} <When at={at} /> ({timezone})
            </p>
          )}
          <p className="kit-soft">{t("publish.confirm_past")}</p>
        </ConfirmDialog>
      )}
    </div>
  );
}
