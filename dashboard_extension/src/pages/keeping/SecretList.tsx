import { useApiMutation, useApiQuery, type Answer } from "@/api";
import { Badge, Button, ButtonLink, Failure, Loaded, Notice, Section, Table, useNotify, useT, When } from "@/kit";

type Seen = Answer<"/api/dashboard/v1/secrets">;
type Secret = Seen["secrets"][number];

const PATH = "/api/dashboard/v1/secrets";
/** Where a secret is renewed. */
const PLACES: Partial<Record<Secret["kind"], string>> = {
  smtp_password: "/settings/messages",
  sms_secret: "/settings/messages",
  webhook_secret: "/settings/webhooks",
  partner_key: "/settings/keys",
};

/** How old the store's secrets are, and what to do about each; none is ever shown. */
export function SecretList() {
  const secrets = useApiQuery(PATH);
  return (
    <div className="settings-form">
      <Loaded query={secrets}>{(seen) => <Listed seen={seen} />}</Loaded>
    </div>
  );
}

function Listed({ seen }: { seen: Seen }) {
  const t = useT();
  const notify = useNotify();
  const reseal = useApiMutation("post", "/api/dashboard/v1/secrets/reseal", {
    invalidates: [PATH],
    onSuccess: (done) => notify("success", t("keeping.resealed", { count: done.secrets })),
  });
  const old = seen.secrets.filter((one) => one.old).length;
  return (
    <Section title={t("keeping.secrets")} hint={t("keeping.secrets_hint")}>
      {old > 0 && <Notice tone="warning">{t("keeping.secrets_old", { count: old })}</Notice>}
      {seen.under_old_keys > 0 ? (
        <Notice
          tone="warning"
          actions={
            <Button type="button" size="small" disabled={reseal.isPending} onClick={() => reseal.mutate({})} data-secrets="reseal">
              {t("keeping.reseal")}
            </Button>
          }
        >
          {t("keeping.under_old_keys", { count: seen.under_old_keys })}
        </Notice>
      ) : (
        <p className="kit-soft">{t(seen.keys > 1 ? "keeping.old_key_may_go" : "keeping.one_key", { key: seen.newest_key })}</p>
      )}
      {reseal.error && <Failure error={reseal.error} />}
      <Table
        label={t("keeping.secrets")}
        rows={seen.secrets}
        rowKey={(one) => one.name}
        columns={[
          {
            id: "title",
            title: t("keeping.secret"),
            cell: (one) => (
              <div className="kit-stack" data-secret={one.kind}>
                <strong>{one.title}</strong>
                <span className="kit-soft">{one.advice}</span>
                <Place kind={one.kind} />
              </div>
            ),
          },
          {
            id: "since",
            title: t("keeping.since"),
            cell: (one) => (
              <>
                {one.since === null ? t("keeping.unknown") : <When at={one.since} form="day" />}
                {one.old && (
                  <>
                    {" "}
                    <Badge tone="warning">{t("keeping.old")}</Badge>
                  </>
                )}
              </>
            ),
          },
          { id: "used", title: t("keeping.last_used"), cell: (one) => (one.last_used_at === null ? t("keeping.unknown") : <When at={one.last_used_at} />) },
          { id: "key", title: t("keeping.sealed_by"), cell: (one) => <SealedBy secret={one} /> },
        ]}
      />
    </Section>
  );
}

function Place({ kind }: { kind: Secret["kind"] }) {
  const t = useT();
  const to = PLACES[kind];
  if (to === undefined) return null;
  return (
    <span>
      <ButtonLink to={to} variant="secondary" size="small">
        {t("keeping.renew")}
      </ButtonLink>
    </span>
  );
}

function SealedBy({ secret }: { secret: Secret }) {
  const t = useT();
  if (secret.unreadable) return <Badge tone="error">{t("keeping.unreadable")}</Badge>;
  if (secret.key === "") return "–";
  return (
    <>
      <code>{secret.key}</code> {secret.old_key && <Badge tone="warning">{t("keeping.old_key")}</Badge>}
    </>
  );
}
