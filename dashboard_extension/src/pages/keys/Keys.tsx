import { useState } from "react";

import { useApiPages, useApiQuery } from "@/api";
import { Button, CursorTable, Empty, FailureOf, Section, useT } from "@/kit";
import { Snippet } from "@/pages/settings/Snippet";

import { useColumns } from "./columns";
import { KeyDialog } from "./KeyDialog";
import { firstCall, PATH, pointsCall, signedCall, type Key, type Made } from "./keys";
import { Revoke } from "./Revoke";
import { Rotate } from "./Rotate";
import { SecretDialog } from "./SecretDialog";

type Doing = { what: "new" | "change" | "rotate" | "revoke"; key: Key | null };

/** The API keys of the store's other systems. */
export function Keys() {
  const t = useT();
  const [doing, setDoing] = useState<Doing | null>(null);
  const [made, setMade] = useState<Made | null>(null);
  const [showsEnded, setShowsEnded] = useState(false);
  const pages = useApiPages(PATH, { params: { query: { ended: false } } });
  const about = useApiQuery(PATH, { params: { query: { first: 1 } } });
  const apiUrl = about.data?.api_url ?? "";
  const act = (what: Doing["what"]) => (key: Key) => setDoing({ what, key });
  const columns = useColumns({ onChange: act("change"), onRotate: act("rotate"), onRevoke: act("revoke") });
  const close = () => setDoing(null);
  const done = (now: Made) => {
    setDoing(null);
    setMade(now);
  };
  const add = <Button onClick={() => setDoing({ what: "new", key: null })}>{t("keys.new")}</Button>;
  const isEmpty = pages.data?.pages[0]?.items.length === 0;
  return (
    <>
      <Section title={t("keys.title")} hint={t("keys.lead")} actions={isEmpty ? undefined : add}>
        <CursorTable
          label={t("keys.title")}
          pages={pages}
          columns={columns}
          rowKey={(key) => String(key.id)}
          empty={
            <div className="keys-empty">
              <Empty title={t("keys.empty")} action={add}>
                {t("keys.empty_text")}
              </Empty>
              {apiUrl !== "" && (
                <>
                  <p className="kit-soft">{t("keys.empty_try")}</p>
                  <Snippet label={t("keys.first_call")} text={firstCall(apiUrl, "slk_…")} />
                </>
              )}
            </div>
          }
        />
      </Section>
      {pages.data !== undefined && <FailureOf query={about} />}
      {!isEmpty && apiUrl && (
        <Section title={t("keys.calls")} hint={t("keys.calls_hint")}>
          <div className="keys-calls">
            <h3>{t("keys.first_call")}</h3>
            <Snippet label={t("keys.first_call")} text={firstCall(apiUrl, "$KEY")} />
            <h3>{t("keys.points_call")}</h3>
            <Snippet label={t("keys.points_call")} text={pointsCall(apiUrl)} />
            <h3>{t("keys.signed_call")}</h3>
            <p className="kit-soft">{t("keys.signed_call_hint")}</p>
            <Snippet label={t("keys.signed_call")} text={signedCall(apiUrl, "slk_…")} />
          </div>
        </Section>
      )}
      <Section
        title={t("keys.ended")}
        hint={t("keys.ended_hint")}
        actions={
          <Button variant="secondary" aria-expanded={showsEnded} onClick={() => setShowsEnded(!showsEnded)}>
            {t(showsEnded ? "keys.hide" : "keys.show")}
          </Button>
        }
      >
        {showsEnded && <Ended onChange={act("change")} />}
      </Section>
      {(doing?.what === "new" || doing?.what === "change") && <KeyDialog of={doing.key} onClose={close} onMade={done} />}
      {doing?.what === "rotate" && doing.key && <Rotate of={doing.key} onClose={close} onMade={done} />}
      {doing?.what === "revoke" && doing.key && <Revoke of={doing.key} onClose={close} />}
      {made && <SecretDialog made={made} apiUrl={apiUrl} onClose={() => setMade(null)} />}
    </>
  );
}

function Ended(props: { onChange: (key: Key) => void }) {
  const t = useT();
  const pages = useApiPages(PATH, { params: { query: { ended: true } } });
  const columns = useColumns(props);
  return (
    <CursorTable
      label={t("keys.ended")}
      pages={pages}
      columns={columns}
      rowKey={(key) => String(key.id)}
      empty={<p className="kit-soft">{t("keys.none_ended")}</p>}
    />
  );
}
