import { Badge, Button, Empty, Money, Section, useT, type Tone } from "@/kit";
import { useState } from "react";
import { useFieldArray, useWatch, type Control } from "react-hook-form";
import { useIntl } from "react-intl";

import type { components } from "@/api";
import type { Json } from "@/pages/program/json";

import { nameOf, newItem, type Place, type RewardsForm } from "./form";
import { Item } from "./Item";

type Line = components["schemas"]["RewardLine"];

const MOST_ITEMS = 100;
const TONES: Record<string, Tone> = { offered: "success", sold_out: "warning", over: "warning", later: "info" };

export interface ItemsProps {
  readonly control: Control<RewardsForm>;
  readonly disabled: boolean;
  readonly document: Json;
  readonly channels: readonly Place[];
  /** What became of each; undefined while nobody has told yet. */
  readonly figures: readonly Line[] | undefined;
}

/** The rewards of the draft with what became of them, each opened to be changed. */
export function Items(props: ItemsProps) {
  const t = useT();
  const { control, disabled, document, channels, figures } = props;
  const { fields, append, remove, move } = useFieldArray({ control, name: "items", keyName: "key" });
  const items = useWatch({ control, name: "items" });
  const [open, setOpen] = useState<string | null>(null);
  const { locale } = useIntl();
  const add = () => {
    const made = newItem(document, { items }, channels);
    append(made);
    setOpen(made.id);
  };
  const gone = (figures ?? []).filter((one) => !items.some(({ id }) => id === one.id));
  const button = !disabled && fields.length < MOST_ITEMS && (
    <Button type="button" variant="secondary" onClick={add} data-rewards="add">
      {t("rewards.add")}
    </Button>
  );
  return (
    <Section title={t("rewards.catalog")} hint={t("rewards.catalog_hint")} actions={fields.length > 0 && button}>
      {fields.length === 0 && (
        <Empty title={t("rewards.none")} action={button}>
          {t("rewards.none_text")}
        </Empty>
      )}
      <ul className="rewards-items">
        {fields.map((field, at) => {
          const item = items[at] ?? field;
          const opened = open === item.id;
          const name = nameOf(item, locale) || t("rewards.untitled");
          return (
            <li key={field.key} data-reward={item.id}>
              <div className="rewards-head">
                <div>
                  <h3>{name}</h3>
                  <p className="kit-hint">
                    {t(`rewards.kind.${item.kind}`)}
                    {typeof item.points === "number" && ` · ${t("rewards.price", { points: item.points })}`}
                  </p>
                  {figures !== undefined && <Became line={figures.find((one) => one.id === item.id)} on={item.enabled} />}
                </div>
                <div className="kit-actions">
                  {!disabled && at > 0 && (
                    <Button type="button" size="small" variant="tertiary" aria-label={t("rewards.up_named", { name })} onClick={() => move(at, at - 1)}>
                      {t("rewards.up")}
                    </Button>
                  )}
                  <Button
                    type="button"
                    size="small"
                    variant="secondary"
                    aria-expanded={opened}
                    aria-label={t(opened ? "rewards.close_named" : "rewards.open_named", { name })}
                    onClick={() => setOpen(opened ? null : item.id)}
                  >
                    {t(opened ? "rewards.close" : "rewards.open")}
                  </Button>
                </div>
              </div>
              {opened && <Item {...props} at={at} kind={item.kind} remove={() => remove(at)} />}
            </li>
          );
        })}
        {gone.map((line) => (
          <li key={line.id} data-reward={line.id}>
            <h3>{line.name}</h3>
            <p className="kit-hint">{t(`rewards.kind.${line.kind}`)}</p>
            <Became line={line} on />
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** What became of a reward, as it is in force; one that was never published has nothing to tell. */
function Became(props: { line: Line | undefined; on: boolean }) {
  const t = useT();
  const { line, on } = props;
  if (line === undefined) return <Badge tone={on ? "info" : "neutral"}>{t(on ? "rewards.state.draft" : "rewards.state.off")}</Badge>;
  return (
    <p className="rewards-figures">
      <Badge tone={TONES[line.state] ?? "neutral"}>{t(`rewards.state.${line.state}`)}</Badge>
      <span>{t("rewards.claimed", { count: line.claimed })}</span>
      <span>{t("rewards.used", { count: line.used })}</span>
      {line.waiting > 0 && <span>{t("rewards.waiting", { count: line.waiting })}</span>}
      {line.left !== null && <span>{t("rewards.left", { count: line.left })}</span>}
      {line.cost.map((cost) => (
        <span key={cost.currency}>
          {t("rewards.cost")} <Money {...cost} />
        </span>
      ))}
    </p>
  );
}
