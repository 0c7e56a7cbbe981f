import { useState } from "react";

import { useApiMutation, useApiQuery, type components } from "@/api";
import { Badge, Button, ButtonLink, ConfirmDialog, Dialog, Empty, Loaded, Section, Table, useFailureWords, useNotify, useT, When, type Column } from "@/kit";

import { Snippet } from "../Snippet";
import { useZone } from "../zone";
import { Edit } from "./Edit";

export type Hook = components["schemas"]["PartnerHook"];
const PATH = "/api/dashboard/v1/messages/webhooks";
type Doing = { readonly what: "add" } | { readonly what: "edit" | "rotate" | "remove"; readonly hook: Hook };

/** Addresses of partners that are told what happens to members' points. */
export function Webhooks() {
  const t = useT();
  const zone = useZone();
  const hooks = useApiQuery(PATH);
  const [doing, setDoing] = useState<Doing | null>(null);
  const [made, setMade] = useState<Hook | null>(null);
  const done = () => setDoing(null);
  const columns: Column<Hook>[] = [
    {
      id: "url",
      title: t("webhooks.address"),
      cell: (row) => (
        <>
          <span className="settings-word">{row.url}</span>
          {row.description !== "" && <div className="kit-hint">{row.description}</div>}
        </>
      ),
    },
    { id: "events", title: t("webhooks.events"), cell: (row) => (row.events.length === 0 ? t("webhooks.all_events") : <span className="settings-word">{row.events.join(", ")}</span>) },
    { id: "state", title: t("webhooks.state"), cell: (row) => <State hook={row} zone={zone} /> },
    { id: "do", title: "", align: "end", cell: (row) => <Deeds hook={row} begin={(what) => setDoing({ what, hook: row })} /> },
  ];
  const add = <Button onClick={() => setDoing({ what: "add" })} data-settings="add-webhook">{t("webhooks.add")}</Button>;
  return (
    <>
      <Loaded query={hooks}>
        {(seen) => (
          <>
            <Section title={t("webhooks.title")} hint={t("webhooks.hint")} actions={seen.items.length > 0 && add}>
              {seen.items.length === 0 ? (
                <Empty title={t("webhooks.none")} action={add}>
                  {t("webhooks.none_text")}
                </Empty>
              ) : (
                <Table label={t("webhooks.title")} rows={seen.items} columns={columns} rowKey={(row) => row.id} />
              )}
            </Section>
            {doing?.what === "add" && <Edit hook={null} events={seen.events} onClose={done} onMade={setMade} />}
            {doing?.what === "edit" && <Edit hook={doing.hook} events={seen.events} onClose={done} onMade={setMade} />}
          </>
        )}
      </Loaded>
      {doing?.what === "rotate" && <Rotate hook={doing.hook} onClose={done} onMade={setMade} />}
      {doing?.what === "remove" && <Remove hook={doing.hook} onClose={done} />}
      {made?.secret && (
        <Dialog title={t("webhooks.secret")} onClose={() => setMade(null)} onSubmit={() => setMade(null)} actions={<Button type="submit">{t("webhooks.secret_kept")}</Button>}>
          <p>{t("webhooks.secret_text")}</p>
          <Snippet label={t("webhooks.secret")} text={made.secret} />
        </Dialog>
      )}
    </>
  );
}

/** On, failing, or off and why. */
export function State({ hook, zone }: { hook: Hook; zone: string | undefined }) {
  const t = useT();
  if (!hook.active) {
    return (
      <>
        <Badge tone={hook.off_because === "" ? "neutral" : "error"}>{t("webhooks.off")}</Badge>
        {hook.off_because !== "" && <div className="kit-hint">{t(`webhooks.off.${hook.off_because}`)}</div>}
      </>
    );
  }
  if (hook.failing_since === null) return <Badge tone="success">{t("webhooks.on")}</Badge>;
  return (
    <>
      <Badge tone="warning">{t("webhooks.failing")}</Badge>
      <div className="kit-hint">
        {t("webhooks.since")} <When at={hook.failing_since} zone={zone} />
      </div>
    </>
  );
}

function Deeds({ hook, begin }: { hook: Hook; begin: (what: "edit" | "rotate" | "remove") => void }) {
  const t = useT();
  const notify = useNotify();
  const words = useFailureWords();
  const test = useApiMutation("post", `${PATH}/{hook}/test`, {
    invalidates: [],
    onSuccess: () => notify("success", t("webhooks.tested"), t("webhooks.tested_text")),
    onError: (failure) => {
      const { title, text } = words(failure);
      notify("error", title, text);
    },
  });
  return (
    <div className="kit-actions settings-deeds">
      <ButtonLink to={`/settings/webhooks/${hook.id}`} size="small" variant="secondary">
        {t("webhooks.log")}
      </ButtonLink>
      <Button size="small" variant="secondary" disabled={!hook.active || test.isPending} onClick={() => test.mutate({ params: { path: { hook: hook.id } } })}>
        {t("webhooks.test")}
      </Button>
      {(["edit", "rotate", "remove"] as const).map((what) => (
        <Button key={what} size="small" variant="secondary" onClick={() => begin(what)}>
          {t(`webhooks.do.${what}`)}
        </Button>
      ))}
    </div>
  );
}

function Rotate({ hook, onClose, onMade }: { hook: Hook; onClose: () => void; onMade: (hook: Hook) => void }) {
  const t = useT();
  const rotate = useApiMutation("post", `${PATH}/{hook}/secret`, {
    invalidates: [PATH],
    onSuccess: (made) => {
      onClose();
      onMade(made);
    },
  });
  return (
    <ConfirmDialog title={t("webhooks.rotate_title")} confirm={t("webhooks.do.rotate")} destructive busy={rotate.isPending} error={rotate.error} onClose={onClose} onConfirm={() => rotate.mutate({ params: { path: { hook: hook.id } } })}>
      <p>{t("webhooks.rotate_text")}</p>
    </ConfirmDialog>
  );
}

function Remove({ hook, onClose }: { hook: Hook; onClose: () => void }) {
  const t = useT();
  const remove = useApiMutation("delete", `${PATH}/{hook}`, { invalidates: [PATH], onSuccess: onClose });
  return (
    <ConfirmDialog title={t("webhooks.remove_title")} confirm={t("webhooks.do.remove")} destructive busy={remove.isPending} error={remove.error} onClose={onClose} onConfirm={() => remove.mutate({ params: { path: { hook: hook.id } } })}>
      <p>{t("webhooks.remove_text", { address: hook.url })}</p>
    </ConfirmDialog>
  );
}
