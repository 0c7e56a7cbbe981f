import { useForm, useWatch } from "react-hook-form";
import { z } from "zod";

import { useApiMutation, useApiQuery, type components } from "@/api";
import { ConfirmDialog, FieldLongText, FieldNumber, FieldSelect, Loaded, Notice, useNotify, useT } from "@/kit";

import { checkedBy, MOST_POINTS, whole } from "../checks";
import type { Member } from "../MemberPage";

type Terms = components["schemas"]["PointsTerms"];
type Reason = components["schemas"]["Reason"];

interface Form {
  way: string;
  points: number | string | null;
  reason: string;
  note: string;
}

/** Gives points to a member or takes them; beyond the person's budget it asks for approval. */
export function MovePoints(props: { member: Member; onClose: () => void }) {
  const t = useT();
  const terms = useApiQuery("/api/dashboard/v1/points-terms");
  if (terms.data) return <Moving {...props} terms={terms.data} />;
  return (
    <ConfirmDialog title={t("members.move_points")} confirm={t("members.give")} unready onClose={props.onClose} onConfirm={props.onClose}>
      <Loaded query={terms}>{() => null}</Loaded>
    </ConfirmDialog>
  );
}

function Moving({ member, terms, onClose }: { member: Member; terms: Terms; onClose: () => void }) {
  const t = useT();
  const notify = useNotify();
  const schema = z
    .object({
      way: z.enum(["give", "take"]),
      points: whole(1, MOST_POINTS, { none: t("members.needs_number"), more: t("members.too_much") }),
      reason: z.string().min(1, t("members.needs_reason")),
      note: z.string().trim(),
    })
    .refine((form) => form.note !== "" || (form.way === "give" && form.reason !== "other"), { path: ["note"], error: t("members.needs_note") });
  const form = useForm<Form>({
    resolver: checkedBy(schema),
    defaultValues: { way: "give", points: null, reason: "", note: "" },
  });
  const [way, points] = useWatch({ control: form.control, name: ["way", "points"] });
  const gives = way === "give";
  const reasons = terms.reasons.filter((one) => (gives ? one.gives : one.takes));
  const waits = typeof points === "number" && points > terms.left_today;
  const move = useApiMutation("post", "/api/dashboard/v1/members/{member}/points", {
    idempotent: true,
    onSuccess: (made) => {
      if (made.state === "waiting") notify("info", t("members.asked"), t("members.asked_text"));
      else notify("success", t(made.points > 0 ? "members.given" : "members.taken"));
      onClose();
    },
  });
  const submit = form.handleSubmit((filled) =>
    move.mutate({
      params: { path: { member: member.id } } as never,
      body: { points: (filled.way === "give" ? 1 : -1) * Number(filled.points), reason: filled.reason as Reason, note: filled.note.trim() },
    }),
  );
  return (
    <ConfirmDialog
      title={t("members.move_points")}
      confirm={t(waits ? "members.ask" : gives ? "members.give" : "members.take")}
      destructive={!gives && !waits}
      busy={move.isPending}
      error={move.error}
      onClose={onClose}
      onConfirm={() => void submit()}
    >
      <fieldset className="members-choice">
        <legend>{t("members.way")}</legend>
        {(["give", "take"] as const).map((one) => (
          <label key={one}>
            <input type="radio" value={one} {...form.register("way", { onChange: () => form.setValue("reason", "") })} />
            {t(`members.way.${one}`)}
          </label>
        ))}
      </fieldset>
      <FieldNumber control={form.control} name="points" label={t("members.points")} hint={t("members.left_today", { today: terms.left_today, month: terms.left_this_month })} />
      <FieldSelect
        control={form.control}
        name="reason"
        label={t("members.reason")}
        hint={t("members.reason_hint")}
        empty={t("members.choose")}
        choices={reasons.map((one) => ({ value: one.code, label: one.name }))}
      />
      <FieldLongText control={form.control} name="note" label={t("members.note")} rows={3} maxLength={500} />
      {waits && <Notice tone="warning">{t("members.waits")}</Notice>}
    </ConfirmDialog>
  );
}
