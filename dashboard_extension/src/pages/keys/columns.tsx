import { Badge, Button, Points, useT, When, type Column } from "@/kit";

import { concernOf, daysBetween, type Key } from "./keys";

interface Deeds {
  readonly onChange: (key: Key) => void;
  readonly onRotate?: (key: Key) => void;
  readonly onRevoke?: (key: Key) => void;
}

/** What a list of keys shows of each. */
export function useColumns(deeds: Deeds): Column<Key>[] {
  const t = useT();
  return [
    { id: "name", title: t("keys.name"), cell: (key) => <Named of={key} /> },
    { id: "may", title: t("keys.may"), cell: (key) => <May of={key} /> },
    { id: "age", title: t("keys.secret"), cell: (key) => <Age of={key} /> },
    { id: "used", title: t("keys.used"), cell: (key) => (key.last_used_at ? <When at={key.last_used_at} /> : <span className="kit-soft">{t("keys.never")}</span>) },
    { id: "deeds", title: "", cell: (key) => <Actions of={key} {...deeds} /> },
  ];
}

function Named({ of }: { of: Key }) {
  const t = useT();
  return (
    <div className="keys-stack">
      <strong>{of.name}</strong>
      <span className="keys-code">{of.prefix}</span>
      {of.state !== "active" && <Badge tone={of.state === "revoked" ? "error" : "warning"}>{t(`keys.state.${of.state}`)}</Badge>}
      <span className="kit-soft kit-small">
        {of.state === "revoked" && of.revoked_at ? (
          <>
            {of.revoked_by} · <When at={of.revoked_at} form="day" />
          </>
        ) : (
          <>
            {of.created_by} · <When at={of.created_at} form="day" />
          </>
        )}
      </span>
    </div>
  );
}

function May({ of }: { of: Key }) {
  const t = useT();
  return (
    <div className="keys-stack">
      <ul className="keys-badges">
        {of.scopes.map((scope) => (
          <li key={scope}>
            <Badge tone={scope === "points:write" ? "info" : "neutral"}>{t(`keys.scope.${scope}`)}</Badge>
          </li>
        ))}
        {of.event_types.map((type) => (
          <li key={type}>
            <Badge>{t("keys.reports", { type })}</Badge>
          </li>
        ))}
      </ul>
      {of.day_limit > 0 && (
        <span className="kit-small">
          {t("keys.moved")} <Points value={of.moved_today} /> / <Points value={of.day_limit} />
        </span>
      )}
    </div>
  );
}

function Age({ of }: { of: Key }) {
  const t = useT();
  const now = new Date();
  const concern = concernOf(of, now);
  return (
    <div className="keys-stack">
      {of.must_sign && <Badge tone="info">{t("keys.signs")}</Badge>}
      <span>{t("keys.days_old", { days: Math.max(0, daysBetween(of.secret_at, now)) })}</span>
      {of.old_secret_until && (
        <span className="kit-soft kit-small">
          {t("keys.old_until")} <When at={of.old_secret_until} />
        </span>
      )}
      {of.expires_on && (
        <span className="kit-soft kit-small">
          {t("keys.works_until")} <When at={of.expires_on} form="day" />
        </span>
      )}
      {concern && <Badge tone="warning">{t(`keys.concern.${concern}`)}</Badge>}
    </div>
  );
}

function Actions({ of, onChange, onRotate, onRevoke }: Deeds & { of: Key }) {
  const t = useT();
  if (of.state === "revoked") return null;
  const deeds = [
    { id: "change", act: onChange },
    { id: "rotate", act: onRotate },
    { id: "revoke", act: onRevoke },
  ] as const;
  return (
    <div className="kit-actions">
      {deeds.map(
        ({ id, act }) =>
          act && (
            <Button key={id} size="small" variant="secondary" data-key={id} aria-label={`${t(`keys.${id}`)}: ${of.name}`} onClick={() => act(of)}>
              {t(`keys.${id}`)}
            </Button>
          ),
      )}
    </div>
  );
}
