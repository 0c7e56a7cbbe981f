import { useState } from "react";
import { Link } from "react-router";

import { useApiMutation, useApiPages, type components } from "@/api";
import { Badge, Button, ConfirmDialog, CursorTable, Empty, Points, Section, useDownload, useNotify, useT, When, type Column, type Tone } from "@/kit";

import { PATH, type CampaignOf } from "./form";

type Code = components["schemas"]["CodeLine"];
const TONES: Record<Code["state"], Tone> = { wanted: "info", open: "success", to_end: "warning", ended: "neutral" };

/** The codes of a campaign: they are things apart from it, and may be ended one by one. */
export function Codes({ of }: { of: CampaignOf }) {
  const t = useT();
  const { download, busy } = useDownload();
  const [revoking, setRevoking] = useState<Code | null>(null);
  // It is shown anew when the campaign tells other numbers of codes.
  const pages = useApiPages(`${PATH}/{campaign}/codes`, { params: { path: { campaign: of.id } } }, { fresh: true });
  const columns: Column<Code>[] = [
    { id: "code", title: t("campaigns.code"), cell: (row) => <Shown of={row} /> },
    { id: "member", title: t("campaigns.whose"), cell: (row) => <Whose of={row} /> },
    { id: "state", title: t("campaigns.state"), cell: (row) => <Badge tone={TONES[row.state]}>{t(`campaigns.code_state.${row.state}`)}</Badge> },
    { id: "uses", title: t("campaigns.orders"), align: "end", cell: (row) => <Points value={row.uses} /> },
    { id: "until", title: t("campaigns.until"), cell: (row) => <When at={row.valid_until} form="day" /> },
    {
      id: "deeds",
      title: "",
      align: "end",
      cell: (row) =>
        (row.state === "open" || row.state === "wanted") && (
          <Button size="small" variant="secondary" aria-label={t("campaigns.revoke_named", { code: row.code })} onClick={() => setRevoking(row)}>
            {t("campaigns.revoke")}
          </Button>
        ),
    },
  ];
  const { wanted, open } = of.code_counts;
  return (
    <Section
      title={t("campaigns.codes")}
      hint={t("campaigns.codes_now", { open, wanted })}
      actions={
        <Button variant="secondary" disabled={busy} onClick={() => void download(`${PATH}/${of.id}/codes.csv`)}>
          {t("campaigns.download")}
        </Button>
      }
    >
      <CursorTable
        label={t("campaigns.codes")}
        pages={pages}
        columns={columns}
        rowKey={(row) => row.id}
        empty={<Empty title={t("campaigns.no_codes")}>{t(`campaigns.no_codes.${of.sharing || "shared"}`)}</Empty>}
      />
      {revoking && <Revoke of={of} code={revoking} onClose={() => setRevoking(null)} />}
    </Section>
  );
}

function Shown({ of }: { of: Code }) {
  const t = useT();
  return (
    <span className="campaigns-stack">
      <span className="campaigns-code" translate="no">
        {of.code}
      </span>
      {of.kind === "test" && <Badge tone="info">{t("campaigns.test_code")}</Badge>}
    </span>
  );
}

function Whose({ of }: { of: Code }) {
  const t = useT();
  if (of.member === null) return <span className="kit-soft">{t("campaigns.everybodys")}</span>;
  return <Link className="kit-link" to={`/members/${of.member}`}>{of.member_name || t("campaigns.member", { id: of.member })}</Link>;
}

function Revoke({ of, code, onClose }: { of: CampaignOf; code: Code; onClose: () => void }) {
  const t = useT();
  const notify = useNotify();
  const revoke = useApiMutation("post", `${PATH}/{campaign}/codes/revoke`, {
    onSuccess: () => {
      notify("success", t("campaigns.revoked"));
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title={t("campaigns.revoke_named", { code: code.code })}
      confirm={t("campaigns.revoke")}
      destructive
      busy={revoke.isPending}
      error={revoke.error}
      onClose={onClose}
      onConfirm={() => revoke.mutate({ params: { path: { campaign: of.id } }, body: { codes: [code.id] } })}
    >
      <p>{t("campaigns.revoke_text")}</p>
    </ConfirmDialog>
  );
}
