import type { components } from "@/api";

type Hook = components["schemas"]["PartnerHook"];

/** The form: `chosen` says of each event, in their order, whether it is told. */
export interface WebhookForm {
  url: string;
  description: string;
  all: boolean;
  chosen: boolean[];
  active: boolean;
}

/** A webhook as the form shows it; null = one that is to be made. */
export function formOf(hook: Hook | null, events: readonly string[]): WebhookForm {
  const named = hook?.events ?? [];
  return {
    url: hook?.url ?? "",
    description: hook?.description ?? "",
    all: named.length === 0,
    chosen: events.map((event) => named.includes(event)),
    active: hook?.active ?? true,
  };
}

/** What is sent: no names of events = all of them, also those of later versions. */
export function webhookOf(form: WebhookForm, events: readonly string[]): components["schemas"]["WebhookInput"] {
  return {
    url: form.url.trim(),
    description: form.description,
    events: form.all ? [] : events.filter((_, at) => form.chosen[at]),
    active: form.active,
  };
}
