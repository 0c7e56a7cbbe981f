import { Badge, Button, Empty, FieldNumber, FieldSelect, FieldSwitch, FieldText, Notice, Section, useLanguageName, useT } from "@/kit";
import { useState } from "react";
import { useFieldArray, useWatch, type Control } from "react-hook-form";
import { useIntl } from "react-intl";
import { Link } from "react-router";

import type { components } from "@/api";
import type { Json } from "@/pages/program/json";

import { isConfirmed, isPaidElsewhere, MOST_TYPES, nameOf, newType, PERIODS, PURPOSES, type EventsForm, type TypeForm } from "./form";
import { Properties } from "./Properties";

type Lately = components["schemas"]["EventsOverview"];

export interface TypesProps {
  readonly control: Control<EventsForm>;
  readonly disabled: boolean;
  readonly document: Json;
  readonly lately: Lately | undefined;
}

/** The types of events, each opened to be changed; beside it what it gives and what came of it. */
export function Types(props: TypesProps) {
  const t = useT();
  const { locale } = useIntl();
  const { control, disabled, document, lately } = props;
  const { fields, append, remove } = useFieldArray({ control, name: "types", keyName: "key" });
  const types = useWatch({ control, name: "types" });
  const [open, setOpen] = useState<string | null>(null);
  const add = () => {
    append(newType(document, { types }));
    setOpen(String(fields.length));
  };
  const button = !disabled && fields.length < MOST_TYPES && (
    <Button type="button" variant="secondary" onClick={add} data-events="add">
      {t("events.add")}
    </Button>
  );
  return (
    <Section title={t("events.types")} hint={t("events.types_hint")} actions={fields.length > 0 && button}>
      {fields.length === 0 && (
        <Empty title={t("events.none")} action={button}>
          {t("events.none_text")}
        </Empty>
      )}
      <ul className="events-types">
        {fields.map((field, at) => {
          const one = types[at] ?? field;
          const opened = open === String(at);
          return (
            <li key={field.key} data-event={one.id}>
              <Head of={one} elsewhere={isPaidElsewhere(one, document)} name={nameOf(one, locale.slice(0, 2))} lately={lately} opened={opened} toggle={() => setOpen(opened ? null : String(at))} />
              {opened && (
                <One
                  {...props}
                  at={at}
                  of={one}
                  remove={() => {
                    remove(at);
                    setOpen(null);
                  }}
                />
              )}
            </li>
          );
        })}
      </ul>
    </Section>
  );
}

function Head(props: { of: TypeForm; elsewhere: boolean; name: string; lately: Lately | undefined; opened: boolean; toggle: () => void }) {
  const t = useT();
  const { of, lately } = props;
  const came = lately?.types.find((one) => one.type === of.id);
  const isOpen = of.enabled && isConfirmed(of);
  return (
    <div className="events-head">
      <div>
        <h3>
          {props.name} {!isOpen && <Badge tone="warning">{t("events.off")}</Badge>}
        </h3>
        <p className="kit-hint">
          <code>{of.id}</code> · {t(`events.purpose.${of.purpose}`)} ·{" "}
          {props.elsewhere ? t("events.by_rules") : t("events.brings", { points: typeof of.points === "number" ? of.points : 0 })}
        </p>
        {lately !== undefined && (
          <p className="kit-small" data-came={came?.received ?? 0}>
            {t("events.came", { days: lately.days, received: came?.received ?? 0, given: came?.given ?? 0, points: came?.points ?? 0 })}
            {came !== undefined && came.refused + came.unknown_member > 0 && ` ${t("events.came_bad", { count: came.refused + came.unknown_member })}`}
          </p>
        )}
      </div>
      <div className="kit-actions">
        <Button type="button" size="small" variant="secondary" aria-expanded={props.opened} aria-label={`${t(props.opened ? "events.close" : "events.open")}: ${props.name}`} onClick={props.toggle} data-act="open">
          {t(props.opened ? "events.close" : "events.open")}
        </Button>
      </div>
    </div>
  );
}

function One(props: TypesProps & { at: number; of: TypeForm; remove: () => void }) {
  const t = useT();
  const called = useLanguageName();
  const { control, disabled, at, of } = props;
  const field = `types.${at}` as const;
  const shared = { control, disabled };
  return (
    <div className="kit-stack">
      <div className="kit-fields">
        {of.texts.map((one, place) => (
          <FieldText {...shared} key={one.locale} name={`${field}.texts.${place}.text`} label={t("events.name_in", { language: called(one.locale) })} maxLength={120} />
        ))}
        {of.fresh && <FieldText {...shared} name={`${field}.id`} label={t("events.id")} hint={t("events.id_hint")} maxLength={60} />}
        <FieldSelect {...shared} name={`${field}.purpose`} label={t("events.purpose")} choices={PURPOSES.map((value) => ({ value, label: t(`events.purpose.${value}`) }))} />
      </div>
      {of.purpose === "review" && (
        <>
          <Notice tone="warning">
            <strong>{t("events.reviews")}</strong>
            <p>{t("events.reviews_text")}</p>
          </Notice>
          <FieldSwitch {...shared} name={`${field}.own_reviews`} label={t("events.own_reviews")} hint={t("events.own_reviews_hint")} />
        </>
      )}
      {isConfirmed(of) && <FieldSwitch {...shared} name={`${field}.enabled`} label={t("events.enabled")} hint={t("events.enabled_hint")} />}
      <Paid {...props} />
      <div className="kit-fields">
        <FieldNumber {...shared} name={`${field}.max_age_days`} label={t("events.max_age")} hint={t("events.max_age_hint")} affix={t("events.days")} />
      </div>
      <fieldset className="events-group">
        <legend>{t("events.identity")}</legend>
        <FieldSwitch {...shared} name={`${field}.by_user`} label={t("events.by_user")} />
        <FieldSwitch {...shared} name={`${field}.by_email`} label={t("events.by_email")} hint={t("events.by_email_hint")} />
      </fieldset>
      <Properties {...shared} at={at} />
      {!disabled && (
        <div className="kit-actions">
          <Button type="button" variant="tertiary" onClick={props.remove} data-act="remove">
            {t("events.remove")}
          </Button>
        </div>
      )}
    </div>
  );
}

function Paid({ control, disabled, document, at, of }: TypesProps & { at: number; of: TypeForm }) {
  const t = useT();
  const field = `types.${at}` as const;
  if (isPaidElsewhere(of, document)) {
    return (
      <p className="kit-soft">
        {t("events.by_rules")}{" "}
        <Link className="kit-link" to="/rules">
          {t("events.to_rules")}
        </Link>
      </p>
    );
  }
  return (
    <div className="kit-fields">
      <FieldNumber control={control} disabled={disabled} name={`${field}.points`} label={t("events.points")} hint={t("events.points_hint")} />
      {of.points !== null && (
        <>
          <FieldNumber control={control} disabled={disabled} name={`${field}.times`} label={t("events.times")} hint={t("events.times_hint")} />
          <FieldSelect control={control} disabled={disabled} name={`${field}.period`} label={t("events.period")} choices={PERIODS.map((value) => ({ value, label: t(`events.period.${value}`) }))} />
        </>
      )}
    </div>
  );
}
