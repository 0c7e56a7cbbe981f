import { useNotify, useStaff, useFailureWords, useT } from "@/kit";
import { useState } from "react";

import { useApiMutation, type ApiFailure } from "@/api";

import { Conflict, conflictOf, type Conflicting } from "./Conflict";
import type { Seen } from "./context";
import type { Json } from "./shapes";
import { startOf } from "./start";
import { ordered, upon } from "./upon";

export { startOf } from "./start";
export { ordered } from "./upon";

/** Somebody saved first. */
interface Overtaken {
  readonly found: Conflicting;
  /** What the person changed, put upon what is saved now. */
  readonly onTop: Json;
  /** What the form said, and what it said before anything was typed. */
  readonly mine: Json;
  readonly ground: string;
}

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
  readonly conflict: Overtaken | null;
  /** Makes a document the one that the form stands on. */
  readonly take: (document: unknown) => void;
  /** Saves what the form says upon the version that was read; `ground`: as it was, by `ordered`. */
  readonly save: (mine: Json, ground: string) => void;
  /** Saves what was changed here upon what somebody else saved first. */
  readonly saveOnTop: (overtaken: Overtaken) => void;
  readonly goOn: () => void;
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
  const [conflict, setConflict] = useState<Overtaken | null>(null);
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
  });
  const send = (sent: Json, version: string | null, mine: Json, ground: string): void => {
    const onError = (failure: ApiFailure): void => {
      const found = conflictOf(failure);
      if (found === null) {
        const told = words(failure);
        return notify("error", told.title, told.text);
      }
      const onTop = upon(JSON.parse(ground) as Json, mine, found.theirs);
      if (ordered(onTop) === ordered(found.theirs)) return send(onTop, found.version, mine, ground);
      // The server says in words what the document that it was sent would change: what was left
      // alone here is no change, so that it is asked again with what would be saved.
      if (ordered(onTop) !== ordered(sent)) return send(onTop, version, mine, ground);
      setConflict({ found, onTop, mine, ground });
    };
    save.mutate({ body: { document: sent as never, version } }, { onError });
  };
  return {
    original,
    saved,
    version,
    proposed,
    saving: save.isPending,
    conflict,
    take,
    save: (mine, ground) => send(mine, version, mine, ground),
    saveOnTop: ({ found, onTop, mine, ground }) => send(onTop, found.version, mine, ground),
    goOn: () => setConflict(null),
  };
}

/** Asks the person whose work stays, where somebody saved first; nothing otherwise. */
export function DraftConflict(props: { draft: Draft; zone: string; renew: () => void }) {
  const staff = useStaff();
  const { conflict, goOn, saveOnTop, saving } = props.draft;
  if (conflict === null) return null;
  const { found } = conflict;
  return (
    <Conflict
      found={found}
      byYou={found.by === `user:${userOf(staff.token)}`}
      zone={props.zone}
      saving={saving}
      keepMine={() => saveOnTop(conflict)}
      takeTheirs={props.renew}
      close={goOn}
    />
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
