import { useForm } from "react-hook-form";
import { Link } from "react-router";
import { z } from "zod";

import { useApiMutation } from "@/api";
import { ConfirmDialog, FieldNumber, Notice, useT } from "@/kit";

import { checkedBy, whole } from "../checks";
import type { Member } from "../MemberPage";

/** Reads an order whose points are missing from Saleor, and books it. */
export function ClaimOrder({ member, onClose }: { member: Member; onClose: () => void }) {
  const t = useT();
  const schema = z.object({ number: whole(1, 2 ** 31 - 1, { none: t("members.needs_number"), more: t("members.too_much") }) });
  const form = useForm<{ number: number | string | null }>({ resolver: checkedBy(schema), defaultValues: { number: null } });
  const claim = useApiMutation("post", "/api/dashboard/v1/members/{member}/orders");
  const submit = form.handleSubmit(({ number }) =>
    claim.mutate({ params: { path: { member: member.id } }, body: { number: Number(number) } }),
  );
  const found = claim.data;
  return (
    <ConfirmDialog
      title={t("members.claim")}
      confirm={t("members.claim_now")}
      busy={claim.isPending}
      error={claim.error}
      onClose={onClose}
      onConfirm={() => void submit()}
    >
      <p>{t("members.claim_text")}</p>
      <FieldNumber control={form.control} name="number" label={t("members.order_number")} />
      {found && !claim.isPending && (
        <Notice tone={found.outcome === "booked" ? "success" : "info"} live>
          <p>{found.message}</p>
          {found.points > 0 && <p>{t("members.claim_points", { number: found.number, points: found.points })}</p>}
          {found.outcome === "elsewhere" && found.member && (
            <Link className="kit-link" to={`/members/${found.member}`}>
              {t("members.number_is", { id: found.member })}
            </Link>
          )}
        </Notice>
      )}
    </ConfirmDialog>
  );
}
