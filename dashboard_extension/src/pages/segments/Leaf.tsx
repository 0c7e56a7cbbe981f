import { FieldDate, FieldMoney, FieldNumber, FieldSelect, useT } from "@/kit";
import { useWatch } from "react-hook-form";

import { useEditing } from "@/pages/rules/context";
import { Countries, Languages } from "@/pages/rules/Leaf";
import { FieldCatalog, FieldChoices } from "@/pages/rules/pickers";
import { Tags } from "@/pages/rules/Tags";

/** The fields of a condition on members, by its kind. */
export function Leaf(props: { field: string; type: string; currencies: readonly string[] }) {
  const { field, type, currencies } = props;
  const t = useT();
  const { control, disabled, seen, tiers } = useEditing();
  const shared = { control, disabled };
  switch (type) {
    case "spend":
      return <Spend field={field} currencies={currencies} />;
    case "orders":
      return (
        <div className="kit-fields">
          <Limits field={field} />
          <Window field={field} />
        </div>
      );
    case "recency":
    case "member_since":
      return (
        <div className="kit-fields">
          <Limits field={field} affix={t("rules.days")} />
        </div>
      );
    case "rfm":
      return <Fifth field={field} currencies={currencies} />;
    case "category_share":
      return (
        <>
          <FieldCatalog name={`${field}.picked`} kind="category" label={t("segments.category")} single />
          <div className="kit-fields">
            <Limits field={field} affix="%" />
            <Currency field={field} currencies={currencies} />
            <Window field={field} />
          </div>
        </>
      );
    case "tier":
      return <FieldChoices name={`${field}.tiers`} label={t("segments.type.tier")} choices={tiers} />;
    case "tag":
      return <Tags field={field} />;
    case "language":
      return <Languages field={field} />;
    case "country":
      return <Countries field={field} />;
    case "consent":
      return (
        <>
          <Agreed field={field} />
          <div className="kit-fields">
            <FieldSelect {...shared} name={`${field}.channel`} label={t("segments.channel")} choices={["email", "sms"].map((value) => ({ value, label: t(`segments.channel.${value}`) }))} />
          </div>
        </>
      );
    case "joined":
      return (
        <div className="kit-fields">
          <FieldDate {...shared} name={`${field}.start`} label={t("rules.from_day")} hint={t("rules.zone", { zone: seen.timezone })} />
          <FieldDate {...shared} name={`${field}.end`} label={t("rules.to_day")} />
        </div>
      );
    default:
      return <p className="kit-hint">{t("rules.type_unknown", { type })}</p>;
  }
}

/** Whether those who agreed are meant, or those who did not. */
function Agreed(props: { field: string }) {
  const t = useT();
  const { control, disabled, setValue } = useEditing();
  const name = `${props.field}.value`;
  const agreed = useWatch({ control, name }) !== false;
  return (
    <fieldset className="rules-choices">
      <legend>{t("segments.type.consent")}</legend>
      {[true, false].map((one) => (
        <label key={String(one)}>
          <input type="radio" name={name} checked={agreed === one} disabled={disabled} onChange={() => setValue(name, one)} />
          {t(`segments.agreed.${one}`)}
        </label>
      ))}
    </fieldset>
  );
}

function Limits(props: { field: string; affix?: string }) {
  const t = useT();
  const { control, disabled } = useEditing();
  return (
    <>
      <FieldNumber control={control} disabled={disabled} name={`${props.field}.min`} label={t("rules.at_least")} affix={props.affix} />
      <FieldNumber control={control} disabled={disabled} name={`${props.field}.max`} label={t("rules.at_most")} affix={props.affix} />
    </>
  );
}

function Window(props: { field: string; needed?: boolean }) {
  const t = useT();
  const { control, disabled } = useEditing();
  return (
    <FieldNumber
      control={control}
      disabled={disabled}
      name={`${props.field}.days`}
      label={t("segments.window")}
      hint={props.needed ? undefined : t("segments.window_hint")}
      affix={t("rules.days")}
    />
  );
}

function Currency(props: { field: string; currencies: readonly string[] }) {
  const t = useT();
  const { control, disabled } = useEditing();
  const now = useWatch({ control, name: `${props.field}.currency` }) as unknown;
  const strange = typeof now === "string" && now !== "" && !props.currencies.includes(now) ? [now] : [];
  return (
    <FieldSelect
      control={control}
      disabled={disabled}
      name={`${props.field}.currency`}
      label={t("segments.currency")}
      choices={[...props.currencies, ...strange].map((value) => ({ value, label: value }))}
    />
  );
}

function Spend(props: { field: string; currencies: readonly string[] }) {
  const t = useT();
  const { control, disabled } = useEditing();
  const currency = String(useWatch({ control, name: `${props.field}.currency` }) ?? "");
  return (
    <div className="kit-fields">
      <FieldMoney control={control} disabled={disabled} name={`${props.field}.min`} label={t("rules.at_least")} currency={currency} />
      <FieldMoney control={control} disabled={disabled} name={`${props.field}.max`} label={t("rules.at_most")} currency={currency} />
      <Currency {...props} />
      <Window field={props.field} />
    </div>
  );
}

/** By what buyers are compared, and in which fifths of them the member is. */
function Fifth(props: { field: string; currencies: readonly string[] }) {
  const t = useT();
  const { control, disabled, setValue } = useEditing();
  const score: unknown = useWatch({ control, name: `${props.field}.score` });
  const least: unknown = useWatch({ control, name: `${props.field}.min` });
  const most: unknown = useWatch({ control, name: `${props.field}.max` });
  const select = (name: "min" | "max", value: unknown, label: string) => (
    <label className="kit-field">
      <span className="rules-label">{label}</span>
      <span className="kit-input">
        <select
          name={`${props.field}.${name}`}
          value={value === null || value === undefined ? "" : String(value as number)}
          disabled={disabled}
          onChange={(event) => setValue(`${props.field}.${name}`, event.target.value === "" ? null : Number(event.target.value))}
        >
          <option value="">{t("segments.any_fifth")}</option>
          {[1, 2, 3, 4, 5].map((one) => (
            <option key={one} value={one}>
              {t("segments.fifth", { fifth: one })}
            </option>
          ))}
        </select>
      </span>
    </label>
  );
  return (
    <>
      <div className="kit-fields">
        <label className="kit-field">
          <span className="rules-label">{t("segments.score")}</span>
          <span className="kit-input">
            <select
              name={`${props.field}.score`}
              value={String(score ?? "frequency")}
              disabled={disabled}
              onChange={(event) => {
                setValue(`${props.field}.score`, event.target.value);
                setValue(`${props.field}.currency`, event.target.value === "monetary" ? (props.currencies[0] ?? null) : null);
              }}
            >
              {["recency", "frequency", "monetary"].map((one) => (
                <option key={one} value={one}>
                  {t(`segments.score.${one}`)}
                </option>
              ))}
            </select>
          </span>
        </label>
        {score === "monetary" && <Currency {...props} />}
        {select("min", least, t("rules.at_least"))}
        {select("max", most, t("rules.at_most"))}
        <Window field={props.field} needed />
      </div>
      <p className="kit-hint">{t("segments.fifth_hint")}</p>
    </>
  );
}
