import { Button, FieldText, Section, useLanguageName, useT } from "@/kit";
import { useEffect, useRef } from "react";
import { useWatch } from "react-hook-form";
import { useIntl } from "react-intl";

import { useEditing } from "@/pages/rules/context";

import { Conditions } from "./Conditions";
import { nameOf, type SegmentForm } from "./form";
import { Preview } from "./Preview";

/** One segment: its names, its conditions, and how many members they come to. */
export function SegmentEditor(props: { at: number; currencies: readonly string[]; close: () => void }) {
  const t = useT();
  const intl = useIntl();
  const { control, disabled, names } = useEditing();
  const field = `segments.${props.at}`;
  const segment = useWatch({ control, name: field }) as SegmentForm;
  const frame = useRef<HTMLDivElement>(null);
  const { id } = segment;
  useEffect(() => {
    const heading = frame.current?.querySelector("h2");
    heading?.setAttribute("tabindex", "-1");
    heading?.focus({ preventScroll: true });
    frame.current?.scrollIntoView({ block: "start" });
  }, [id]);
  const called = useLanguageName();
  return (
    <div ref={frame} data-editor={id}>
      <Section
        title={t("segments.editing", { name: nameOf(segment, intl.locale.slice(0, 2)) })}
        actions={
          <Button variant="secondary" onClick={props.close} data-editor-close="">
            {t("segments.close")}
          </Button>
        }
      >
        <Preview rule={segment.rule} names={names.category ?? {}} />
        <div className="kit-fields">
          {Object.keys(segment.name).map((locale) => (
            <FieldText
              key={locale}
              control={control}
              disabled={disabled}
              name={`${field}.name.${locale}`}
              label={t("segments.name", { language: called(locale) })}
              maxLength={120}
            />
          ))}
        </div>
        <Conditions field={`${field}.rule`} currencies={props.currencies} />
      </Section>
    </div>
  );
}
