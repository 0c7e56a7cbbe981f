import { Button, Dialog, useT, When } from "@/kit";

import type { ApiFailure } from "@/api";

import type { Json } from "./shapes";

/** What the server tells where somebody saved first. */
export interface Conflicting {
  readonly by: string;
  readonly at: string;
  readonly version: string;
  readonly theirs: Json;
  readonly changes: readonly string[];
}

/** Reads a refusal; null where it is another one. */
export function conflictOf(failure: ApiFailure): Conflicting | null {
  if (failure.code !== "program_draft_overwritten") return null;
  const { by, at, version, theirs, changes } = failure.detail;
  return {
    by: String(by),
    at: String(at),
    version: String(version),
    theirs: typeof theirs === "object" && theirs !== null ? (theirs as Json) : {},
    changes: Array.isArray(changes) ? changes.map(String) : [],
  };
}

/** Somebody saved first: shows what differs, and leaves it to the person whose work stays. */
export function Conflict(props: { found: Conflicting; byYou: boolean; zone: string; saving: boolean; keepMine: () => void; takeTheirs: () => void; close: () => void }) {
  const t = useT();
  const { found } = props;
  return (
    <Dialog
      title={t("program.conflict")}
      onClose={props.close}
      onSubmit={props.close}
      actions={
        <>
          <Button type="button" variant="secondary" onClick={props.close}>
            {t("program.conflict_later")}
          </Button>
          <Button type="button" variant="secondary" onClick={props.takeTheirs} data-conflict="theirs">
            {t("program.conflict_theirs")}
          </Button>
          <Button type="button" disabled={props.saving} onClick={props.keepMine} data-conflict="mine">
            {t("program.conflict_mine")}
          </Button>
        </>
      }
    >
      <p>
        {t(props.byYou ? "program.conflict_by_you" : found.by === "cli" ? "program.conflict_by_cli" : found.by === "app" ? "program.conflict_by_app" : "program.conflict_by_other")}{" "}
        <When at={found.at} zone={props.zone} />
      </p>
      <p>{t("program.conflict_text")}</p>
      {found.changes.length > 0 ? (
        <>
          <h3>{t("program.conflict_changes")}</h3>
          <ul className="program-list" data-conflict="changes">
            {found.changes.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </>
      ) : (
        <p className="kit-soft">{t("program.conflict_no_words")}</p>
      )}
    </Dialog>
  );
}
