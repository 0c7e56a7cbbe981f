import { Badge, Button, ConfirmDialog, Empty, Failure, FailureOf, FieldNumber, FieldSelect, Notice, Points, Progress, Section, Skeleton, Terms, useNotify, useT, When } from "@/kit";
import { useState } from "react";
import { useForm, useWatch } from "react-hook-form";

import { useApiMutation, useApiQuery, type Answer } from "@/api";

import { dayBefore, IMPORT_MODES, importOf, type ImportMode } from "./moments";
import type { Seen } from "./Publish";

type Import = Answer<"/api/dashboard/v1/publishing/imports">["items"][number];

interface BackfillForm {
  mode: ImportMode;
  days: number | string | null;
  cap: number | string | null;
}

const PATHS = ["/api/dashboard/v1/publishing/imports"] as const;

/** The cut-over, and how orders from before it count: reported first, then booked. */
export function Backfill(props: { seen: Seen }) {
  const t = useT();
  const notify = useNotify();
  const { seen } = props;
  const imports = useApiQuery("/api/dashboard/v1/publishing/imports", undefined, { refetchInterval: 3000 });
  const { control } = useForm<BackfillForm>({ defaultValues: { mode: "days", days: 90, cap: 1000 } });
  const values = useWatch({ control }) as BackfillForm;
  const [asking, setAsking] = useState(false);
  const start = useApiMutation("post", "/api/dashboard/v1/publishing/imports", {
    invalidates: [...PATHS],
    onSuccess: () => {
      setAsking(false);
      notify("info", t("publish.import_begun"));
    },
  });
  const body = importOf(values);
  const running = imports.data?.items.some((one) => one.state === "running") ?? false;
  const send = (dry: boolean) => body !== null && start.mutate({ body: { ...body, dry_run: dry } });
  const days = typeof values.days === "number" && values.days > 0 ? values.days : null;
  return (
    <Section title={t("publish.backfill")} hint={t("publish.backfill_hint")}>
      <p>
        {seen.went_live_at === null ? (
          t("publish.no_cut_over")
        ) : (
          <>
            {t("publish.cut_over_is")} <When at={seen.went_live_at} />
          </>
        )}
      </p>
      {seen.may_change && (
        <>
          <div className="kit-fields">
            <FieldSelect
              control={control}
              name="mode"
              label={t("publish.policy")}
              hint={values.mode === "status_only" ? t("publish.status_only_hint") : undefined}
              choices={IMPORT_MODES.map((value) => ({ value, label: t(`publish.policy_choice.${value}`) }))}
            />
            {values.mode !== "none" && (
              <FieldNumber
                control={control}
                name="days"
                label={t("publish.import_days")}
                affix={t("publish.days")}
                hint={
                  days === null ? (
                    t("publish.all_days")
                  ) : (
                    <>
                      {t("publish.since_day")} <When at={dayBefore(seen.now, Math.min(days, 3650))} />
                    </>
                  )
                }
              />
            )}
            {values.mode === "capped" && <FieldNumber control={control} name="cap" label={t("publish.import_cap")} hint={t("publish.import_cap_hint")} />}
          </div>
          <div className="kit-actions">
            <Button type="button" disabled={body === null || running || start.isPending || values.mode === "none"} onClick={() => send(true)} data-import="dry">
              {t("publish.dry_run")}
            </Button>
            <Button
              type="button"
              variant="secondary"
              disabled={body === null || running || seen.in_force === null || values.mode === "none"}
              onClick={() => setAsking(true)}
              data-import="book"
            >
              {t("publish.book")}
            </Button>
          </div>
          {seen.in_force === null && <p className="kit-hint">{t("publish.book_later")}</p>}
          {start.error && !asking && <Failure error={start.error} />}
        </>
      )}
      <FailureOf query={imports} />
      {imports.data === undefined && !imports.error && <Skeleton lines={2} />}
      {imports.data?.items.length === 0 && <Empty title={t("publish.no_imports")}>{t("publish.no_imports_text")}</Empty>}
      {imports.data?.items.slice(0, 3).map((one) => (
        <OneImport key={one.id} found={one} mayChange={seen.may_change} />
      ))}
      {asking && (
        <ConfirmDialog
          title={t("publish.book_title")}
          confirm={t("publish.book")}
          busy={start.isPending}
          error={start.error}
          onConfirm={() => send(false)}
          onClose={() => {
            start.reset();
            setAsking(false);
          }}
        >
          <p>{t("publish.book_text")}</p>
          <p className="kit-soft">{t("publish.book_hint")}</p>
        </ConfirmDialog>
      )}
    </Section>
  );
}

function OneImport(props: { found: Import; mayChange: boolean }) {
  const t = useT();
  const { found } = props;
  const stop = useApiMutation("post", "/api/dashboard/v1/publishing/imports/{import_id}/cancel", { invalidates: [...PATHS] });
  const { report } = found;
  const reasons = Object.entries(report.reasons);
  const ofStatus = found.mode === "status_only";
  const gave = found.dry_run ? "import_would" : "import_gave";
  return (
    <div className="publish-import" data-import-state={found.state}>
      <div className="kit-section-head">
        <h3>
          {t(found.dry_run ? "publish.import_dry" : "publish.import_real")} · <When at={found.started_at} />
        </h3>
        <Badge tone={found.state === "done" ? "success" : found.state === "canceled" ? "warning" : "info"}>{t(`publish.import_state.${found.state}`)}</Badge>
      </div>
      {found.state === "running" && (
        <Progress
          label={t("publish.import_reading", { count: found.orders_seen })}
          done={found.progress}
          total={100}
          cancel={props.mayChange ? () => stop.mutate({ params: { path: { import_id: found.id } } }) : undefined}
          cancelling={stop.isPending}
        />
      )}
      {stop.error && <Failure error={stop.error} />}
      <Terms
        items={[
          { name: t("publish.policy"), value: t(`publish.policy_choice.${found.mode}`) },
          { name: t("publish.import_orders"), value: t("publish.import_counted", { counted: report.counted, seen: found.orders_seen }) },
          { name: t(ofStatus ? `publish.${gave}_status` : `publish.${gave}`), value: <Points value={report.points} /> },
          ...(report.customers === null ? [] : [{ name: t("publish.import_customers"), value: <Points value={report.customers} /> }]),
          ...(report.most === null ? [] : [{ name: t("publish.import_most"), value: <Points value={report.most} /> }]),
          ...reasons.map(([why, number]) => ({ name: why, value: <Points value={number} /> })),
        ]}
      />
      {found.state === "canceled" && !found.dry_run && <Notice tone="warning">{t("publish.import_kept")}</Notice>}
    </div>
  );
}
