import { useApiMutation, useApiQuery, type components } from "@/api";
import { Loaded, Notice, Section, SwitchRow, useFailureWords, useNotify, useStaff, useT, When } from "@/kit";

type Noted = components["schemas"]["NotedPrices"];
const HISTORY = "/api/dashboard/v1/price-history";
const DAYS = [30, 10] as const;
/** Prices are read within minutes after the switch. */
const UNREAD_MS = 10_000;

/** Of which channels past prices are noted, of how many days the lowest is told, and what is known. */
export function PastPrices() {
  const t = useT();
  const notify = useNotify();
  const words = useFailureWords();
  const mayChange = useStaff().may("MANAGE_DISCOUNTS");
  const seen = useApiQuery(HISTORY);
  const unread = seen.data?.channels.some((one) => one.on && one.read_at === null) ?? false;
  const query = useApiQuery(HISTORY, undefined, { refetchInterval: unread ? UNREAD_MS : false });
  const change = useApiMutation("put", `${HISTORY}/{channel}`, {
    invalidates: [HISTORY],
    onSuccess: () => notify("success", t("campaigns.prices_saved")),
    onError: (failure) => {
      const { title, text } = words(failure);
      notify("error", title, text);
    },
  });
  const wish = (one: Noted, next: { on?: boolean; days?: 10 | 30 }) => change.mutate({ params: { path: { channel: one.channel } }, body: { on: one.on, days: one.days, ...next } });
  return (
    <Section title={t("campaigns.prices")} hint={t("campaigns.prices_hint")}>
      <Loaded query={query} lines={2}>
        {({ channels }) => (
          <ul className="campaigns-channels">
            {channels.map((one) => (
              <li key={one.channel}>
                <SwitchRow id={`prices-${one.channel}`} label={one.name} hint={t("campaigns.prices_on")} on={one.on} disabled={!mayChange || change.isPending} onChange={(on) => wish(one, { on })} />
                {one.on && (
                  <>
                    <label className="campaigns-filter">
                      <span>{t("campaigns.prices_days", { channel: one.name })}</span>
                      <span className="kit-input">
                        <select value={one.days} disabled={!mayChange || change.isPending} onChange={(event) => wish(one, { days: DAYS.find((each) => String(each) === event.target.value) ?? 30 })}>
                          {DAYS.map((days) => (
                            <option key={days} value={days}>
                              {t("campaigns.prices_of_days", { days })}
                            </option>
                          ))}
                        </select>
                      </span>
                    </label>
                    <Known of={one} />
                  </>
                )}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Section>
  );
}

function Known({ of }: { of: Noted }) {
  const t = useT();
  return (
    <>
      {of.trouble !== "" && <Notice tone="warning">{t("campaigns.prices_trouble")}</Notice>}
      <p className="kit-soft">
        {of.read_at === null ? (
          t("campaigns.prices_none")
        ) : (
          <>
            {t("campaigns.prices_known", { known: Math.min(of.known_days, of.days), days: of.days, variants: of.variants })} <When at={of.read_at} form="minute" />
          </>
        )}
      </p>
    </>
  );
}
