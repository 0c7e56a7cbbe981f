import { FormattedDate, useIntl } from "react-intl";

import { decimalText } from "./decimals";

export interface MoneyValue {
  /** A decimal in major units, as text: it never becomes a float. */
  readonly amount: string;
  readonly currency: string;
}

/** An amount in its currency, in the language of the screen. */
export function Money(props: MoneyValue) {
  return <span className="kit-numeric">{useMoney()(props)}</span>;
}

/** The same as text, for labels and messages. */
export function useMoney(): (money: MoneyValue) => string {
  const intl = useIntl();
  return ({ amount, currency }) => decimalText(amount, { style: "currency", currency }, intl.locale);
}

/** What a language is called on the screen: "Turkish"; its code where nobody knows a name. */
export function useLanguageName(): (code: string) => string {
  const { locale } = useIntl();
  return (code) => {
    try {
      return new Intl.DisplayNames(locale, { type: "language" }).of(code) ?? code;
    } catch {
      return code;
    }
  };
}

/** What points were exchanged for: the app's words for it, or else the amount that it takes off. */
export function Given({ gives, discount }: { gives: string | null; discount: MoneyValue }) {
  return gives === null ? <Money {...discount} /> : <>{gives}</>;
}

/** A number of points, grouped; with `sign` also "+" before what is given. */
export function Points(props: { value: number; sign?: boolean }) {
  const intl = useIntl();
  return (
    <span className="kit-numeric">
      {intl.formatNumber(props.value, { maximumFractionDigits: 0, signDisplay: props.sign ? "exceptZero" : "auto" })}
    </span>
  );
}

/**
 * A moment as the clocks of the store show it. Times of the API carry the store's offset; a plain
 * date ("2026-11-22") is shown as it is.
 */
export function When(props: { at: string; form?: "day" | "minute" | "month"; zone?: string }) {
  const form = props.form ?? "minute";
  const day = /^\d{4}-\d{2}-\d{2}$/.test(props.at);
  const { at, zone } = day ? { at: `${props.at}T00:00:00Z`, zone: "UTC" } : wallClock(props.at, props.zone);
  return (
    <time dateTime={props.at}>
      <FormattedDate
        value={at}
        timeZone={zone}
        {...(form === "month" ? { month: "long", year: "numeric" } : { dateStyle: "medium" })}
        {...(form === "minute" && !day ? { timeStyle: "short" } : {})}
      />
    </time>
  );
}

/** Reads the offset of a time of the API as its own clock, unless a zone is named. */
function wallClock(at: string, zone: string | undefined): { at: string; zone: string } {
  if (zone !== undefined) return { at, zone };
  return { at: `${at.replace(/(?:Z|[+-]\d{2}:?\d{2})$/, "")}Z`, zone: "UTC" };
}
