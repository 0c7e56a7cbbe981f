import { Button, Section, useT } from "@/kit";
import { useLayoutEffect, useRef, useState } from "react";
import type { Control, UseFormSetValue } from "react-hook-form";
import { useIntl } from "react-intl";

import { saidAt, type Placed } from "@/pages/rules/places";

import type { LevelNumbers } from "./board";
import { MOST_LEVELS, moved, nameOf, newLevel, type Json, type LevelForm, type TiersForm } from "./form";
import { LevelEditor } from "./LevelEditor";
import { Problems } from "./Problems";
import type { Example } from "./useExamples";

export interface CardProps {
  readonly control: Control<TiersForm>;
  readonly disabled: boolean;
  readonly findings: readonly Placed[];
  readonly examples: ReadonlyMap<string, Example>;
}

/** The ladder from the lowest level to the highest, each with what it means and who has it. */
export function Levels(
  props: CardProps & {
    setValue: UseFormSetValue<TiersForm>;
    form: TiersForm;
    document: Json;
    currencies: readonly string[];
    numbers: readonly LevelNumbers[];
  },
) {
  const t = useT();
  const { locale } = useIntl();
  const language = locale.slice(0, 2);
  const { disabled, form, setValue } = props;
  const { levels } = form;
  const [open, setOpen] = useState<string | null>(null);
  const list = useRef<HTMLOListElement>(null);
  const [after, setAfter] = useState<{ id: string; button: string; said: string } | null>(null);
  // A row that moves takes the focus away with it.
  useLayoutEffect(() => {
    if (after === null) return;
    const row = list.current?.querySelector(`[data-level="${after.id}"]`);
    const wanted = row?.querySelector<HTMLButtonElement>(`[data-act="${after.button}"]`);
    const button = wanted?.disabled ? row?.querySelector<HTMLButtonElement>('[data-act="edit"]') : wanted;
    button?.focus();
  }, [after]);
  const put = (next: LevelForm[]) => setValue("levels", next);
  const move = (at: number, by: -1 | 1) => {
    const level = levels[at];
    if (level === undefined) return;
    put(moved(levels, at, by));
    setAfter({ id: level.id, button: by < 0 ? "down" : "up", said: t("tiers.moved", { name: nameOf(level, language), place: at + by + 1, count: levels.length }) });
  };
  const add = () => {
    const made = newLevel(form, props.document, props.currencies);
    put([...levels, made]);
    setOpen(made.id);
  };
  return (
    <Section
      title={t("tiers.levels")}
      hint={t("tiers.levels_hint")}
      actions={
        !disabled &&
        levels.length < MOST_LEVELS && (
          <Button type="button" variant="secondary" onClick={add} data-tiers="add">
            {t("tiers.add")}
          </Button>
        )
      }
    >
      <p role="status" className="kit-visually-hidden">
        {after?.said ?? ""}
      </p>
      <ol className="tiers-levels" ref={list}>
        {levels.map((level, at) => {
          const name = nameOf(level, language);
          const opened = open === level.id;
          const act = (what: string, press: () => void, off = false, expanded?: boolean) => (
            <Button
              type="button"
              size="small"
              variant="secondary"
              disabled={off}
              onClick={press}
              data-act={what}
              aria-expanded={expanded}
              aria-label={t(`tiers.act_named.${what}`, { name })}
            >
              {t(`tiers.act.${what}`)}
            </Button>
          );
          return (
            <li key={level.id} data-level={level.id} aria-current={opened || undefined}>
              <div className="tiers-head">
                <h3>
                  <Dot color={level.color} /> {name}
                </h3>
                <div className="kit-actions">
                  {act(opened ? "close" : "edit", () => setOpen(opened ? null : level.id), false, opened)}
                  {!disabled && act("up", () => move(at, 1), at === levels.length - 1)}
                  {!disabled && act("down", () => move(at, -1), at === 0)}
                  {!disabled && act("remove", () => put(levels.filter((_, other) => other !== at)))}
                </div>
              </div>
              <Means {...props} level={level} />
              {!opened && <Problems found={saidAt(props.findings, `levels.${at}`).slice(0, 2)} />}
              {opened && <LevelEditor {...props} at={at} level={level} />}
            </li>
          );
        })}
      </ol>
    </Section>
  );
}

/** A level's worked example, and how many have it now. */
function Means(props: CardProps & { level: LevelForm; numbers: readonly LevelNumbers[] }) {
  const t = useT();
  const { level } = props;
  const example = props.examples.get(level.id);
  const found = props.numbers.find((one) => one.id === level.id);
  return (
    <>
      {example !== undefined && (
        <ul className="tiers-example" data-tier-example={level.id}>
          {example.beginning.map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ul>
      )}
      {found !== undefined && <p className="kit-hint">{t("tiers.members", { count: found.members })}</p>}
    </>
  );
}

/** The color of a level. */
export function Dot(props: { color: string | null }) {
  return <span className="tiers-dot" style={{ background: /^#[0-9a-f]{6}$/i.test(props.color ?? "") ? (props.color ?? undefined) : undefined }} aria-hidden />;
}
