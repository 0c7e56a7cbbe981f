import { useState } from "react";

import { useApiMutation } from "@/api";
import { Button, ConfirmDialog, Failure, Notice, Points, Progress, Terms, useNotify, useT } from "@/kit";

import { Report } from "./Report";
import { ReverseDialog } from "./ReverseDialog";
import { Rows } from "./Rows";
import { figuresOf, isAtWork, PATH, peopleIn, progressOf, type MemberImport } from "./shapes";

type Asking = "start" | "discard" | "reverse" | null;

/** One file: how far it is, what it brings, and what can be done with it. */
export function OneImport({ found, live }: { found: MemberImport; live: boolean }) {
  const t = useT();
  const notify = useNotify();
  const [asking, setAsking] = useState<Asking>(null);
  const params = { params: { path: { import_id: found.id } } };
  const start = useApiMutation("post", `${PATH}/{import_id}/start`, {
    onSuccess: () => {
      setAsking(null);
      notify("info", t("import.begun"));
    },
  });
  const stop = useApiMutation("post", `${PATH}/{import_id}/cancel`, { onSuccess: () => setAsking(null) });
  const told = figuresOf(found);
  const close = () => {
    start.reset();
    stop.reset();
    setAsking(null);
  };
  return (
    <div className="import-body">
      {isAtWork(found) && (
        <Progress
          label={t(`import.working.${found.state}`)}
          {...progressOf(found)}
          cancel={found.may_stop ? () => stop.mutate(params) : undefined}
          cancelling={stop.isPending}
        />
      )}
      {stop.error && asking === null && <Failure error={stop.error} />}
      <Terms
        items={[
          { name: t("import.read_as"), value: t("import.read_as_text", { encoding: found.encoding, delimiter: t(`import.delimiter.${nameOf(found.delimiter)}`) }) },
          ...(found.ignored.length === 0 ? [] : [{ name: t("import.ignored"), value: <span className="import-name">{found.ignored.join(", ")}</span> }]),
        ]}
      />
      {found.state === "canceled" && found.booked !== null && <Notice tone="warning">{t("import.kept")}</Notice>}
      {found.reversal !== null && found.state === "reversed" && (
        <Notice tone="info">
          <strong>{t("import.taken_back", { count: found.reversal.taken, by: found.reversal.by })}</strong>
          <p>
            {t("import.not_taken_back", {
              spent: found.reversal.before.spent,
              held: found.reversal.before.held,
              expired: found.reversal.before.expired,
            })}
          </p>
        </Notice>
      )}
      {told !== null && <Report found={found} figures={told.figures} booked={told.booked} />}
      {!isAtWork(found) && found.rows_kept_until !== null && <Rows found={found} />}
      {found.rows_kept_until === null && <p className="kit-hint">{t("import.rows_gone")}</p>}
      {(found.may_start || found.may_reverse) && (
        <div className="kit-actions">
          {found.may_start && (
            <Button disabled={!live || found.checked?.bring === 0} onClick={() => setAsking("start")} data-import="start">
              {t(found.state === "canceled" ? "import.go_on" : "import.start")}
            </Button>
          )}
          {found.may_start && found.may_stop && (
            <Button variant="secondary" onClick={() => setAsking("discard")} data-import="discard">
              {t("import.discard")}
            </Button>
          )}
          {found.may_reverse && (
            <Button variant="error" onClick={() => setAsking("reverse")} data-import="reverse">
              {t("import.reverse")}
            </Button>
          )}
        </div>
      )}
      {found.may_start && !live && <p className="kit-hint">{t("import.start_later")}</p>}
      {asking === "start" && found.checked !== null && (
        <ConfirmDialog
          title={t("import.start_title")}
          confirm={t("import.start")}
          busy={start.isPending}
          error={start.error}
          onConfirm={() => start.mutate(params)}
          onClose={close}
        >
          <p>{t("import.start_text", { rows: found.checked.bring, people: peopleIn(found.checked) })}</p>
          <Terms items={[{ name: t("import.points"), value: <Points value={found.checked.points} /> }]} />
          {found.checked.bad > 0 && <Notice tone="warning">{t("import.start_bad", { count: found.checked.bad })}</Notice>}
          <p className="kit-soft">{t("import.start_hint")}</p>
        </ConfirmDialog>
      )}
      {asking === "discard" && (
        <ConfirmDialog
          title={t("import.discard_title")}
          confirm={t("import.discard")}
          busy={stop.isPending}
          error={stop.error}
          onConfirm={() => stop.mutate(params)}
          onClose={close}
        >
          <p>{t("import.discard_text")}</p>
        </ConfirmDialog>
      )}
      {asking === "reverse" && <ReverseDialog found={found} onClose={close} />}
    </div>
  );
}

function nameOf(delimiter: string): string {
  return { ",": "comma", ";": "semicolon", "\t": "tab" }[delimiter] ?? "other";
}
