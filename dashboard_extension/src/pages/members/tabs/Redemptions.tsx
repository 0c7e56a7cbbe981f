import { useState } from "react";

import { useApiMutation, useApiPages, type components } from "@/api";
import { Badge, Button, ConfirmDialog, CursorTable, Empty, Given, Points, useNotify, useStaff, useT, When, type Column } from "@/kit";

type Redemption = components["schemas"]["Redemption"];
const LIVE = ["held", "issued", "attached"];

/** What a member spent or is spending; what is not spent yet can be canceled. */
export function Redemptions({ id }: { id: string }) {
  const t = useT();
  const staff = useStaff();
  const [cancelling, setCancelling] = useState<Redemption | null>(null);
  const pages = useApiPages("/api/dashboard/v1/members/{member}/redemptions", { params: { path: { member: id } } });
  const columns: Column<Redemption>[] = [
    { id: "at", title: t("members.at"), cell: (row) => <When at={row.created_at} /> },
    {
      id: "state",
      title: t("members.stands"),
      cell: (row) => (
        <>
          <Badge tone={LIVE.includes(row.state) ? "info" : "neutral"}>{t(`members.redemption.${row.ending ? "ending" : row.state}`)}</Badge>
          {row.error && <div className="kit-soft kit-small">{row.error.message}</div>}
        </>
      ),
    },
    { id: "code", title: t("members.code"), cell: (row) => (row.code ? <code>{row.code}</code> : "–") },
    { id: "discount", title: t("members.discount"), align: "end", cell: (row) => <Given {...row} /> },
    {
      id: "points",
      title: t("members.points"),
      align: "end",
      cell: (row) => (
        <>
          <Points value={row.points} />
          {row.restored > 0 && <div className="kit-soft kit-small">{t("members.came_back", { points: row.restored })}</div>}
        </>
      ),
    },
    {
      id: "cancel",
      title: "",
      cell: (row) =>
        LIVE.includes(row.state) && !row.ending && staff.may("MANAGE_ORDERS") ? (
          <Button size="small" variant="secondary" onClick={() => setCancelling(row)}>
            {t("members.cancel")}
          </Button>
        ) : null,
    },
  ];
  return (
    <>
      <CursorTable
        label={t("members.tab.redemptions")}
        pages={pages}
        columns={columns}
        rowKey={(row) => row.id}
        empty={<Empty title={t("members.no_redemptions")}>{t("members.no_redemptions_text")}</Empty>}
      />
      {cancelling && <Cancel redemption={cancelling} onClose={() => setCancelling(null)} />}
    </>
  );
}

function Cancel({ redemption, onClose }: { redemption: Redemption; onClose: () => void }) {
  const t = useT();
  const notify = useNotify();
  const cancel = useApiMutation("delete", "/api/dashboard/v1/redemptions/{redemption_id}", {
    onSuccess: () => {
      notify("success", t("members.cancelled"));
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title={t("members.cancel_title")}
      confirm={t("members.cancel")}
      destructive
      busy={cancel.isPending}
      error={cancel.error}
      onClose={onClose}
      onConfirm={() => cancel.mutate({ params: { path: { redemption_id: redemption.id } } })}
    >
      <p>{t("members.cancel_text", { points: redemption.points })}</p>
    </ConfirmDialog>
  );
}
