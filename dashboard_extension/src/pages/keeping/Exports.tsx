import { useIntl } from "react-intl";

import { useApiMutation, useApiQuery, type Answer } from "@/api";
import { Badge, Button, Empty, Failure, Loaded, Points, Progress, Section, Terms, useDownload, useNotify, useT, When } from "@/kit";

type Export = Answer<"/api/dashboard/v1/exports">["items"][number];

const PATH = "/api/dashboard/v1/exports";
const UNDER_WAY = ["waiting", "running"];

/** The file with everything: asked for, on its way, there for a day. */
export function Exports() {
  const t = useT();
  const notify = useNotify();
  const exports = useApiQuery(PATH, undefined, { refetchInterval: 3000 });
  const ask = useApiMutation("post", PATH, { invalidates: [PATH], onSuccess: () => notify("info", t("keeping.export_begun")) });
  const newest = exports.data?.items[0];
  const running = newest !== undefined && UNDER_WAY.includes(newest.state);
  const button = (
    <Button type="button" disabled={running || ask.isPending} onClick={() => ask.mutate({})} data-export="ask">
      {t("keeping.export_ask")}
    </Button>
  );
  return (
    <Section title={t("keeping.export")} hint={t("keeping.export_hint")} actions={newest === undefined ? undefined : button}>
      {ask.error && <Failure error={ask.error} />}
      <Loaded query={exports}>
        {(seen) =>
          seen.items.length === 0 ? (
            <Empty title={t("keeping.no_export")} action={button}>
              {t("keeping.no_export_text")}
            </Empty>
          ) : (
            <>
              {seen.items.slice(0, 3).map((one) => (
                <OneExport key={one.id} found={one} />
              ))}
            </>
          )
        }
      </Loaded>
    </Section>
  );
}

function OneExport({ found }: { found: Export }) {
  const t = useT();
  const { formatNumber } = useIntl();
  const { download, busy } = useDownload();
  const cancel = useApiMutation("post", "/api/dashboard/v1/exports/{export_id}/cancel", { invalidates: [PATH] });
  const tone = found.state === "done" ? "success" : found.state === "failed" ? "error" : "info";
  return (
    <div className="kit-stack" data-export-state={found.state}>
      <div className="kit-section-head">
        <h3>
          <When at={found.asked_at} />
        </h3>
        <Badge tone={tone}>{t(`keeping.export_state.${found.state}`)}</Badge>
      </div>
      {UNDER_WAY.includes(found.state) && (
        <Progress
          label={t("keeping.export_reading")}
          done={found.done}
          total={found.total > 0 ? found.total : null}
          cancel={() => cancel.mutate({ params: { path: { export_id: found.id } } })}
          cancelling={cancel.isPending}
        />
      )}
      {cancel.error && <Failure error={cancel.error} />}
      {found.state === "failed" && <p>{t("keeping.export_failed")}</p>}
      {found.state === "done" && found.expires_at !== null && (
        <>
          <Terms
            items={[
              { name: t("keeping.export_rows"), value: <Points value={found.rows} /> },
              { name: t("keeping.export_size"), value: t("keeping.megabytes", { size: formatNumber(Math.max(found.size / 1_000_000, 0.01), { maximumFractionDigits: 2 }) }) },
              ...found.points.filter((sums) => sums.unit === "points").map((sums) => ({ name: t("keeping.export_points"), value: <Points value={sums.entries} /> })),
              { name: t("keeping.export_until"), value: <When at={found.expires_at} /> },
            ]}
          />
          <div className="kit-actions">
            <Button type="button" disabled={busy} onClick={() => void download(`${PATH}/${found.id}/file`)} data-export="fetch">
              {t("keeping.export_fetch")}
            </Button>
          </div>
        </>
      )}
    </div>
  );
}
