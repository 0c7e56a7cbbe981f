import { Button, Failure, Notice, Page, SaveBar, Section, useFailureWords, useNotify, useStaff, useT } from "@/kit";
import { useMemo, useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { useNavigate } from "react-router";

import { useApiMutation } from "@/api";

import { Conflict, conflictOf, type Conflicting } from "./Conflict";
import { EditingContext, type Seen } from "./context";
import { ExpertSection } from "./ExpertSection";
import { documentOf, formOf, type ProgramForm } from "./form";
import { NameSection } from "./NameSection";
import { Proposal } from "./Proposal";
import { RatesSection } from "./RatesSection";
import type { Finding } from "./places";
import { ShippingSection } from "./ShippingSection";
import { SpendingSection } from "./SpendingSection";
import { JoiningSection, TermsSection } from "./TermsSection";
import { TrySection } from "./TrySection";
import { useCheck, type ExampleOrder } from "./useCheck";

/** The one form of the page, upon what was saved last. */
export function Editor(props: { seen: Seen; renew: () => void }) {
  const t = useT();
  const staff = useStaff();
  const notify = useNotify();
  const words = useFailureWords();
  const navigate = useNavigate();
  // What the form stands on stays as it was loaded: a refetch in the background must not move it.
  const [seen] = useState(props.seen);
  const [version, setVersion] = useState(seen.draft?.version ?? null);
  const [original, setOriginal] = useState<unknown>(seen.draft?.document ?? seen.in_force?.document ?? seen.document_example);
  const [conflict, setConflict] = useState<Conflicting | null>(null);
  const [saved, setSaved] = useState(original);
  // Nobody of the staff has looked at what the app proposed: it can be saved as it stands.
  const [proposed, setProposed] = useState(seen.draft?.updated_by === "app");
  const [orders, setOrders] = useState<ExampleOrder[]>(() => seen.channels.map(({ slug, goods, shipping }) => ({ channel: slug, goods, shipping })));
  const language = staff.locale.slice(0, 2);
  const shown = (document: unknown) => formOf(document, seen.channels, language);
  const [errors, setErrors] = useState<Record<string, unknown>>({});
  const { control, setValue, reset, getValues } = useForm<ProgramForm>({ defaultValues: shown(original), errors: errors as never });
  const form = useWatch({ control }) as ProgramForm;
  const checking = useCheck(original, form, orders);
  if (checking.errors !== errors) setErrors(checking.errors);
  const disabled = !seen.may_change;

  const save = useApiMutation("put", "/api/dashboard/v1/program/draft", {
    invalidates: ["/api/dashboard/v1/program", "/api/dashboard/v1/publishing", "/api/dashboard/v1/start"],
    onSuccess: (draft) => {
      setConflict(null);
      setVersion(draft.version);
      setSaved(draft.document);
      setProposed(false);
      take(draft.document);
      notify("success", t("program.saved"), t("program.saved_text"));
    },
    onError: (failure) => {
      const found = conflictOf(failure);
      if (found !== null) {
        setConflict(found);
        return;
      }
      const told = words(failure);
      notify("error", told.title, told.text);
    },
  });
  const send = (upon: string | null) => save.mutate({ body: { document: documentOf(original, getValues()) as never, version: upon } });
  /** Makes a document the one that the form stands on. */
  function take(document: unknown) {
    setOriginal(document);
    reset(shown(document));
  }
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
  const dirty = ordered(checking.document) !== ground;
  return (
    <EditingContext.Provider value={editing}>
      <Page
        title={t("program.title")}
        lead={t("program.lead")}
        actions={
          <>
            {!disabled && <Proposal version={version} done={props.renew} />}
            <Button type="button" variant="secondary" onClick={() => void navigate("/publish")}>
              {t("program.to_publish")}
            </Button>
          </>
        }
      >
        {disabled && <Notice tone="info">{t("program.read_only")}</Notice>}
        {seen.draft === null && <Notice tone="info">{t(seen.in_force === null ? "program.no_draft" : "program.from_live")}</Notice>}
        <Others found={checking.found.other} />
        {checking.failure !== null && <Failure error={checking.failure} />}
        <NameSection />
        <RatesSection />
        <TermsSection />
        <SpendingSection />
        <ShippingSection />
        <JoiningSection />
        <ExpertSection document={checking.document} take={take} />
        <TrySection document={checking.document} />
        {!disabled && (
          <SaveBar
            dirty={dirty}
            offered={proposed}
            saving={save.isPending}
            label={t("program.save")}
            onSave={() => send(version)}
            onDiscard={() => take(saved)}
          />
        )}
      </Page>
      {conflict && (
        <Conflict
          found={conflict}
          byYou={conflict.by === `user:${userOf(staff.token)}`}
          zone={seen.timezone}
          saving={save.isPending}
          keepMine={() => send(conflict.version)}
          takeTheirs={props.renew}
          close={() => setConflict(null)}
        />
      )}
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

/** A document as text that does not depend on the order of its names. */
function ordered(document: unknown): string {
  return JSON.stringify(document, (_name, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  );
}

/** Whose token it is; "" where it cannot be read. */
function userOf(token: string | null | undefined): string {
  try {
    const payload = (token ?? "").split(".")[1] ?? "";
    const told = JSON.parse(atob(payload.replace(/-/g, "+").replace(/_/g, "/"))) as { user_id?: unknown };
    return String(told.user_id ?? "");
  } catch {
    return "";
  }
}
