import { useNotify, useStaff, useFailureWords, useT } from "@/kit";
import { useState } from "react";

import { useApiMutation } from "@/api";

import { Conflict, conflictOf, type Conflicting } from "./Conflict";
import type { Seen } from "./context";
import type { Json } from "./shapes";

/** The draft of the program, as a page that edits a part of it stands on it. */
export interface Draft {
  /** What the form stands on. */
  readonly original: unknown;
  /** What was saved last. */
  readonly saved: unknown;
  /** The version that was read last; null = there is no draft yet. */
  readonly version: string | null;
  /** Nobody of the staff has looked at what the app proposed: it can be saved as it stands. */
  readonly proposed: boolean;
  readonly saving: boolean;
  readonly conflict: Conflicting | null;
  /** Makes a document the one that the form stands on. */
  readonly take: (document: unknown) => void;
  /** Saves a document upon the version that was read, or upon another one. */
  readonly save: (document: Json, upon?: string) => void;
  readonly goOn: () => void;
}

/** The document that editing starts from: the draft, else what is in force, else a smallest program. */
export function startOf(seen: Seen): unknown {
  return seen.draft?.document ?? seen.in_force?.document ?? seen.document_example;
}

/**
 * Reads and saves the draft with optimistic versions, for every page that edits it.
 *
 * `taken` is told of the document that the form stands on from then on. What was loaded first stays
 * until then: a refetch in the background must not move a form.
 */
export function useDraft(seen: Seen, taken: (document: unknown) => void): Draft {
  const t = useT();
  const notify = useNotify();
  const words = useFailureWords();
  const [version, setVersion] = useState(seen.draft?.version ?? null);
  const [original, setOriginal] = useState<unknown>(startOf(seen));
  const [saved, setSaved] = useState(original);
  const [proposed, setProposed] = useState(seen.draft?.updated_by === "app");
  const [conflict, setConflict] = useState<Conflicting | null>(null);
  const take = (document: unknown) => {
    setOriginal(document);
    taken(document);
  };
  const save = useApiMutation("put", "/api/dashboard/v1/program/draft", {
    invalidates: ["/api/dashboard/v1/program", "/api/dashboard/v1/publishing", "/api/dashboard/v1/publishing/tiers", "/api/dashboard/v1/start"],
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
  return {
    original,
    saved,
    version,
    proposed,
    saving: save.isPending,
    conflict,
    take,
    save: (document, upon) => save.mutate({ body: { document: document as never, version: upon ?? version } }),
    goOn: () => setConflict(null),
  };
}

/** Asks the person whose work stays, where somebody saved first; nothing otherwise. */
export function DraftConflict(props: { draft: Draft; zone: string; mine: () => Json; renew: () => void }) {
  const staff = useStaff();
  const { conflict, goOn, save, saving } = props.draft;
  if (conflict === null) return null;
  return (
    <Conflict
      found={conflict}
      byYou={conflict.by === `user:${userOf(staff.token)}`}
      zone={props.zone}
      saving={saving}
      keepMine={() => save(props.mine(), conflict.version)}
      takeTheirs={props.renew}
      close={goOn}
    />
  );
}

/** A document as text that does not depend on the order of its names. */
export function ordered(document: unknown): string {
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
