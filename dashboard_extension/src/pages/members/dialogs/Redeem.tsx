import { useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { z } from "zod";

import { useApiMutation, useApiQuery, type components } from "@/api";
import { ConfirmDialog, FieldNumber, FieldSelect, FieldText, Loaded, Money, Notice, useNotify, useT } from "@/kit";

import { checkedBy, whole } from "../checks";
import type { Member } from "../MemberPage";
import { draftOf } from "./target";

type Redemption = components["schemas"]["Redemption"];

interface Form {
  where: string;
  draft: string;
  channel: string;
  points: number | string | null;
}

/** Spends a customer's points for them: on a draft order, or as a code to be used later. */
export function Redeem({ member, onClose }: { member: Member; onClose: () => void }) {
  const t = useT();
  const notify = useNotify();
  const terms = useApiQuery("/api/dashboard/v1/points-terms");
  const [made, setMade] = useState<Redemption | null>(null);
  const available = member.balances.find((held) => held.unit === "points")?.available ?? 0;
  const schema = z
    .object({
      where: z.enum(["draft", "code"]),
      draft: z.string(),
      channel: z.string(),
      points: whole(1, available, { none: t("members.needs_number"), more: t("members.only_so_many", { points: available }) }),
    })
    .refine((form) => form.where !== "draft" || draftOf(form.draft) !== null, { path: ["draft"], error: t("members.needs_draft") })
    .refine((form) => form.where !== "code" || form.channel !== "", { path: ["channel"], error: t("members.needs_channel") });
  const form = useForm<Form>({
    resolver: checkedBy(schema),
    defaultValues: { where: "draft", draft: "", channel: "", points: null },
  });
  const where = useWatch({ control: form.control, name: "where" });
  const spend = useApiMutation("post", "/api/dashboard/v1/redemptions", {
    idempotent: true,
    onSuccess: (found) => {
      notify("success", t("members.redeemed"));
      if (found.code) setMade(found);
      else onClose();
    },
  });
  const submit = form.handleSubmit((filled) =>
    spend.mutate({
      params: {} as never,
      body: {
        user_id: member.user_id ?? "",
        points: Number(filled.points),
        ...(filled.where === "draft" ? { order_id: draftOf(filled.draft) } : { channel: filled.channel }),
      },
    }),
  );
  if (made) {
    return (
      <ConfirmDialog title={t("members.redeemed")} confirm={t("members.close")} onClose={onClose} onConfirm={onClose}>
        <Notice tone="success" live>
          <p>
            <code>{made.code}</code>
          </p>
          <p>
            {t("members.takes_off")} <Money {...made.discount} />
          </p>
        </Notice>
      </ConfirmDialog>
    );
  }
  return (
    <ConfirmDialog
      title={t("members.redeem")}
      confirm={t("members.redeem_now")}
      busy={spend.isPending}
      error={spend.error}
      onClose={onClose}
      onConfirm={() => void submit()}
    >
      <fieldset className="members-choice">
        <legend>{t("members.where")}</legend>
        {(["draft", "code"] as const).map((one) => (
          <label key={one}>
            <input type="radio" value={one} {...form.register("where")} />
            <span>
              {t(`members.where.${one}`)}
              <span className="kit-hint"> {t(`members.where_hint.${one}`)}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {where === "draft" ? (
        <FieldText control={form.control} name="draft" label={t("members.draft")} hint={t("members.draft_hint")} maxLength={500} />
      ) : (
        <Loaded query={terms} lines={1}>
          {({ channels }) => (
            <FieldSelect
              control={form.control}
              name="channel"
              label={t("members.sales_channel")}
              empty={t("members.choose")}
              choices={channels.map((one) => ({ value: one.slug, label: `${one.name} (${one.currency})` }))}
            />
          )}
        </Loaded>
      )}
      <FieldNumber control={form.control} name="points" label={t("members.points")} hint={t("members.has_so_many", { points: available })} />
    </ConfirmDialog>
  );
}
