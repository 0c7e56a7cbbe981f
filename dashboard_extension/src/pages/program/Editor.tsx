import { Button, Failure, Notice, Page, SaveBar, Section, useStaff, useT } from "@/kit";
import { useMemo, useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { useNavigate } from "react-router";

import { DraftConflict, ordered, startOf, useDraft } from "./draft";
import { EditingContext, type Seen } from "./context";
import { ExpertSection, type Yaml } from "./ExpertSection";
import { documentOf, formOf, type ProgramForm } from "./form";
import { NameSection } from "./NameSection";
import { Proposal } from "./Proposal";
import { RatesSection } from "./RatesSection";
import type { Finding } from "./places";
import { ShippingSection } from "./ShippingSection";
import { SpendingSection } from "./SpendingSection";
import { JoiningSection, TermsSection } from "./TermsSection";
import { TrySection } from "./TrySection";
import { useCheck } from "./useCheck";
import type { ExampleOrder } from "./useChecked";

/** The one form of the page, upon what was saved last. */
export function Editor(props: { seen: Seen; renew: () => void }) {
  const t = useT();
  const staff = useStaff();
  const navigate = useNavigate();
  // What the form stands on stays as it was loaded: a refetch in the background must not move it.
  const [seen] = useState(props.seen);
  const [orders, setOrders] = useState<ExampleOrder[]>(() => seen.channels.map(({ slug, goods, shipping }) => ({ channel: slug, goods, shipping })));
  const language = staff.locale.slice(0, 2);
  const shown = (document: unknown) => formOf(document, seen.channels, language);
  const [errors, setErrors] = useState<Record<string, unknown>>({});
  const { control, setValue, reset, getValues } = useForm<ProgramForm>({ defaultValues: shown(startOf(seen)), errors: errors as never });
  const draft = useDraft(seen, (document) => reset(shown(document)));
  const { original, saved, take } = draft;
  const [yaml, setYaml] = useState<Yaml | null>(null);
  // Saving the form would leave out what was written as text.
  const untaken = yaml !== null && yaml.text !== yaml.written;
  const form = useWatch({ control }) as ProgramForm;
  const mine = () => documentOf(original, getValues());
  const checking = useCheck(original, form, orders);
  if (checking.errors !== errors) setErrors(checking.errors);
  const disabled = !seen.may_change;
  const editing = {
    seen,
    control,
    setValue,
    disabled,
    document: checking.document,
    checked: checking.checked,
    found: checking.found,
    orders,
    setOrder: (order: ExampleOrder) => setOrders((now) => now.map((one) => (one.channel === order.channel ? order : one))),
  };
  const ground = useMemo(() => ordered(documentOf(saved, formOf(saved, seen.channels, language))), [saved, seen, language]);
  const dirty = untaken || ordered(checking.document) !== ground;
  return (
    <EditingContext.Provider value={editing}>
      <Page
        title={t("program.title")}
        lead={t("program.lead")}
        saving={draft.saving}
        actions={
          <>
            {!disabled && <Proposal version={draft.version} done={props.renew} />}
            <Button type="button" variant="secondary" onClick={() => void navigate("/publish")}>
              {t("program.to_publish")}
            </Button>
          </>
        }
      >
        {disabled && <Notice tone="info">{t("program.read_only")}</Notice>}
        {seen.draft === null && <Notice tone="info">{t(seen.in_force === null ? "program.no_draft" : "program.from_live")}</Notice>}
        <Others found={checking.found.other} />
        {checking.failure !== null && <Failure error={checking.failure} retry={checking.retry} />}
        <NameSection />
        <RatesSection />
        <TermsSection />
        <SpendingSection />
        <ShippingSection />
        <JoiningSection />
        <ExpertSection document={checking.document} yaml={yaml} setYaml={setYaml} take={take} />
        <TrySection document={checking.document} channels={seen.channels} />
        {!disabled && (
          <SaveBar
            dirty={dirty}
            offered={draft.proposed}
            saving={draft.saving}
            label={t("program.save")}
            onSave={() => draft.save(mine(), ground)}
            blocked={untaken ? t("program.yaml_untaken") : undefined}
            onDiscard={() => {
              setYaml(null);
              take(saved);
            }}
          />
        )}
      </Page>
      <DraftConflict draft={draft} zone={seen.timezone} renew={props.renew} />
    </EditingContext.Provider>
  );
}

/** Problems that no field shows. */
function Others(props: { found: readonly Finding[] }) {
  const t = useT();
  if (props.found.length === 0) return null;
  return (
    <Section title={t("program.problems")}>
      {props.found.map((one) => (
        <Notice key={one.path + one.code} tone={one.severity === "error" ? "error" : "warning"}>
          {one.path !== "" && <code>{one.path}</code>} {one.text}
        </Notice>
      ))}
    </Section>
  );
}
