import { useEffect, useRef, useState } from "react";
import { Link } from "react-router";

import { useApiPages, type components } from "@/api";
import { Badge, Button, CursorTable, Empty, Points, Section, useDownload, useT, When, type Column, type Tone } from "@/kit";

import { PATH, type CampaignOf } from "./form";
import { Revoke } from "./Revoke";

type Code = components["schemas"]["CodeLine"];
const TONES: Record<Code["state"], Tone> = { wanted: "info", open: "success", to_end: "warning", ended: "neutral" };

/** Whether a code can be ended: it has not, and nobody has decided that it shall. */
function lives(code: Code): boolean {
  return code.state === "open" || code.state === "wanted";
}

/** The codes of a campaign: they are things apart from it, and may be ended, one or many at once. */
export function Codes({ of }: { of: CampaignOf }) {
  const t = useT();
  const { download, busy } = useDownload();
  const [revoking, setRevoking] = useState<readonly Code[] | null>(null);
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const pages = useApiPages(`${PATH}/{campaign}/codes`, { params: { path: { campaign: of.id } } }, { fresh: true });
  const { refetch } = pages;
  const numbers = [...Object.values(of.code_counts), of.orders].join(" ");
  const told = useRef(numbers);
  // They are read anew when the campaign tells other numbers of them or of orders; what is ticked stays ticked.
  useEffect(() => {
    if (told.current === numbers) return;
    told.current = numbers;
    void refetch();
  }, [numbers, refetch]);
  const living = pages.data?.pages.flatMap((page) => page.items).filter(lives) ?? [];
  const chosen = living.filter((code) => ticked.has(code.id));
  const tick = (codes: readonly Code[], on: boolean) => {
    const next = new Set(ticked);
    for (const code of codes) {
      if (on) next.add(code.id);
      else next.delete(code.id);
    }
    setTicked(next);
  };
  const columns: Column<Code>[] = [
    {
      id: "chosen",
      title: "",
      cell: (row) =>
        lives(row) && (
          <input
            type="checkbox"
            aria-label={t("campaigns.choose_code", { code: row.code })}
            checked={ticked.has(row.id)}
            onChange={(event) => tick([row], event.target.checked)}
          />
        ),
    },
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
        lives(row) && (
          <Button size="small" variant="secondary" aria-label={t("campaigns.revoke_named", { code: row.code })} onClick={() => setRevoking([row])}>
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
      {living.length > 0 && (
        <div className="campaigns-pick">
          <label>
            <input
              type="checkbox"
              checked={chosen.length === living.length}
              ref={(box) => {
                if (box) box.indeterminate = chosen.length > 0 && chosen.length < living.length;
              }}
              onChange={(event) => tick(living, event.target.checked)}
            />
            <span>{t("campaigns.all_shown", { count: living.length })}</span>
          </label>
          <Button variant="secondary" disabled={chosen.length === 0} onClick={() => setRevoking(chosen)}>
            {t("campaigns.revoke_chosen", { count: chosen.length })}
          </Button>
        </div>
      )}
      <CursorTable
        label={t("campaigns.codes")}
        pages={pages}
        columns={columns}
        rowKey={(row) => row.id}
        empty={<Empty title={t("campaigns.no_codes")}>{t(`campaigns.no_codes.${of.sharing || "shared"}`)}</Empty>}
      />
      {revoking && <Revoke of={of} codes={revoking} onClose={() => setRevoking(null)} />}
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
