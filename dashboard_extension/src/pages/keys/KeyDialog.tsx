import { useController, useForm, useWatch, type Control } from "react-hook-form";
import { zodResolver } from "@hookform/resolvers/zod";
import { useEffect, useId } from "react";
import { useIntl } from "react-intl";

import { useApiMutation, useApiQuery } from "@/api";
import { ConfirmDialog, FailureOf, FieldDate, FieldNumber, FieldSwitch, FieldText, Notice, useNotify, useT } from "@/kit";

import { eventTypesOf, formOf, IDENTIFY, mayGive, PATH, READ, schemaOf, SCOPES, withScope, type Key, type KeyForm, type Made } from "./keys";

type Sent = { name: string; scopes: KeyForm["scopes"]; event_types: string[]; day_limit: number; expires_on: string | null; must_sign: boolean };

/** A new key, or what an existing one may do. */
export function KeyDialog({ of, onClose, onMade }: { of: Key | null; onClose: () => void; onMade: (made: Made) => void }) {
  const t = useT();
  const notify = useNotify();
  const schema = schemaOf({ name: t("keys.needs_name"), scopes: t("keys.needs_scope"), limit: t("keys.needs_limit") });
  const form = useForm<KeyForm, unknown, Sent>({ resolver: zodResolver(schema) as never, defaultValues: formOf(of) });
  const [scopes, event_types, must_sign] = useWatch({ control: form.control, name: ["scopes", "event_types", "must_sign"] });
  const gives = mayGive({ scopes, event_types });
  // Read while rendering: without it the form does not note what was changed by hand.
  const { dirtyFields } = form.formState;
  const chosen = dirtyFields.must_sign === true;
  useEffect(() => {
    if (of === null && !chosen) form.resetField("must_sign", { defaultValue: gives });
  }, [of, chosen, gives, form]);
  const make = useApiMutation("post", PATH, { onSuccess: onMade });
  const change = useApiMutation("put", `${PATH}/{key}`, {
    onSuccess: () => {
      notify("success", t("keys.changed"));
      onClose();
    },
  });
  const submit = form.handleSubmit(({ must_sign, ...body }) => {
    if (of === null) make.mutate({ body: { ...body, must_sign } });
    else change.mutate({ params: { path: { key: of.id } }, body });
  });
  return (
    <ConfirmDialog
      title={of === null ? t("keys.new") : t("keys.change_named", { name: of.name })}
      confirm={t(of === null ? "keys.make" : "keys.save")}
      busy={make.isPending || change.isPending}
      error={make.error ?? change.error}
      onClose={onClose}
      onConfirm={() => void submit()}
    >
      <FieldText control={form.control} name="name" label={t("keys.name")} hint={t("keys.name_hint")} maxLength={80} />
      <Scopes control={form.control} />
      <EventTypes control={form.control} />
      {scopes.includes("points:write") && (
        <FieldNumber control={form.control} name="day_limit" label={t("keys.day_limit")} hint={t("keys.day_limit_hint")} />
      )}
      <FieldDate control={form.control} name="expires_on" label={t("keys.expires_on")} hint={t("keys.expires_on_hint")} />
      {of === null ? (
        <FieldSwitch control={form.control} name="must_sign" label={t("keys.must_sign")} hint={t(gives ? "keys.must_sign_better" : "keys.must_sign_hint")} />
      ) : (
        <p className="kit-soft">{t(of.must_sign ? "keys.signs_now" : "keys.sent_now")}</p>
      )}
      {gives && !must_sign && <Notice tone="warning">{t("keys.must_sign_off")}</Notice>}
    </ConfirmDialog>
  );
}

function Scopes({ control }: { control: Control<KeyForm, unknown, Sent> }) {
  const t = useT();
  const id = useId();
  const { field, fieldState } = useController({ control, name: "scopes" });
  const wrong = fieldState.error?.message;
  return (
    <fieldset className="keys-scopes" aria-describedby={wrong ? `${id}-wrong` : undefined}>
      <legend>{t("keys.may")}</legend>
      {SCOPES.map((scope) => (
        <label key={scope}>
          <input
            type="checkbox"
            name="scopes"
            value={scope}
            checked={field.value.includes(scope)}
            disabled={scope === IDENTIFY && !field.value.includes(READ)}
            onBlur={field.onBlur}
            onChange={(event) => field.onChange(withScope(field.value, scope, event.target.checked))}
          />
          <span>
            {t(`keys.scope.${scope}`)}
            <span className="kit-hint">{t(`keys.scope_hint.${scope}`)}</span>
          </span>
        </label>
      ))}
      {wrong && (
        <span className="kit-wrong" id={`${id}-wrong`}>
          {wrong}
        </span>
      )}
    </fieldset>
  );
}

/** The types of events that the key may report: of the draft and the program in force, and its own. */
function EventTypes({ control }: { control: Control<KeyForm, unknown, Sent> }) {
  const t = useT();
  const { locale } = useIntl();
  const program = useApiQuery("/api/dashboard/v1/program");
  const { field } = useController({ control, name: "event_types" });
  const documents = [program.data?.in_force?.document, program.data?.draft?.document];
  const known = new Map(documents.flatMap((one) => eventTypesOf(one, locale.slice(0, 2))).map((one) => [one.id, one.name]));
  const ids = [...new Set([...known.keys(), ...field.value])];
  if (ids.length === 0) return <FailureOf query={program} />;
  return (
    <fieldset className="keys-scopes">
      <legend>{t("keys.may_report")}</legend>
      <FailureOf query={program} />
      {ids.map((id) => (
        <label key={id}>
          <input
            type="checkbox"
            name="event_types"
            value={id}
            checked={field.value.includes(id)}
            onBlur={field.onBlur}
            onChange={(event) => field.onChange(ids.filter((one) => (one === id ? event.target.checked : field.value.includes(one))))}
          />
          <span>
            {known.get(id) ?? id}
            <span className="kit-hint">{known.has(id) ? `events:${id}` : t("keys.type_gone")}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
