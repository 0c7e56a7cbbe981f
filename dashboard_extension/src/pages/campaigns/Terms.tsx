import { useCallback, useState } from "react";

import { ApiFailure, useApiMutation } from "@/api";
import { Button, Dialog, Failure, Notice, useNotify, useT } from "@/kit";
import type { Json } from "@/pages/program/json";
import { ordered, upon } from "@/pages/program/upon";

import { Editor } from "./Editor";
import { formOf, isNewer, PATH, termsOf, type CampaignForm, type CampaignOf, type Choices } from "./form";

/** Reads what has been typed. */
type Typed = () => Json;

/** What the form stands on; it stays while others save. */
interface Standing {
  readonly of: CampaignOf;
  readonly start: CampaignForm;
  /** The terms as the form says them before anything is typed. */
  readonly ground: Json;
  readonly round: number;
}

function standing(of: CampaignOf, choices: Choices, round: number): Standing {
  const start = formOf(of, choices);
  return { of, start, ground: termsOf(start, choices.timezone), round };
}

/**
 * The terms of a campaign as a form.
 *
 * What somebody else saves meanwhile is loaded where nothing has been typed; else it is told, and
 * the person decides whose work stays. `renew` reads the campaign once more.
 */
export function Terms({ of, choices, renew }: { of: CampaignOf; choices: Choices; renew: () => Promise<CampaignOf | undefined> }) {
  const t = useT();
  const notify = useNotify();
  const [stand, setStand] = useState(() => standing(of, choices, 0));
  const [typed, setTyped] = useState<Typed | null>(null);
  const tell = useCallback((read: Typed | null) => setTyped(() => read), []);
  const [saving, setSaving] = useState(false);
  const [deciding, setDeciding] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const change = useApiMutation("put", `${PATH}/{campaign}`);
  const overtaken = isNewer(of, stand.of);
  const begin = (from: CampaignOf) => {
    setStand(standing(from, choices, stand.round + 1));
    setTyped(null);
    setDeciding(false);
  };
  if (overtaken && typed === null && !saving) begin(of);
  if (of.state === "ended") return null;

  /** Saves upon a version, or asks whose work stays; false = nothing was saved. */
  const save = async (terms: Json, version: number): Promise<boolean> => {
    setSaving(true);
    try {
      const saved = await change.mutateAsync({ params: { path: { campaign: of.id } }, body: { terms: terms as never, version } });
      notify("success", t("campaigns.saved"));
      begin(saved);
      return true;
    } catch (error) {
      const newest = error instanceof ApiFailure && error.code === "campaign_changed" ? await renew() : undefined;
      if (newest === undefined || !isNewer(newest, stand.of)) throw error;
      setDeciding(true);
      return false;
    } finally {
      setSaving(false);
    }
  };
  const running = stand.of.state !== "draft";
  // What was promised is given back as it is stored, to the second and with channels that are off.
  const full = (said: Json) => (running ? upon(stand.ground, said, stand.of.terms) : said);
  const theirs: Json = of.terms;
  const onTop = deciding && typed !== null ? upon(stand.ground, typed(), theirs) : theirs;
  const saveOnTop = () => {
    setFailure(null);
    save(onTop, of.version).catch(setFailure);
  };
  return (
    <>
      {overtaken && typed !== null && !saving && (
        <Notice
          tone="warning"
          live
          actions={
            <Button variant="secondary" onClick={() => setDeciding(true)} data-overtaken="decide">
              {t("campaigns.overtaken_decide")}
            </Button>
          }
        >
          {t("campaigns.overtaken")}
        </Notice>
      )}
      <Editor
        key={stand.round}
        start={stand.start}
        choices={choices}
        fixed={running}
        typed={tell}
        save={async (said) => ((await save(full(said), stand.of.version)) ? () => undefined : null)}
      />
      {deciding && overtaken && (
        <Dialog
          title={t("campaigns.overtaken")}
          onClose={() => setDeciding(false)}
          onSubmit={() => setDeciding(false)}
          actions={
            <>
              <Button type="button" variant="secondary" onClick={() => setDeciding(false)}>
                {t("campaigns.overtaken_later")}
              </Button>
              <Button type="button" variant="secondary" onClick={() => begin(of)} data-overtaken="theirs">
                {t("campaigns.overtaken_theirs")}
              </Button>
              <Button type="button" disabled={saving} onClick={saveOnTop} data-overtaken="mine">
                {t("campaigns.overtaken_mine")}
              </Button>
            </>
          }
        >
          <p>{t("campaigns.overtaken_text")}</p>
          <Differences of={onTop} from={theirs} />
          {failure !== null && <Failure error={failure} />}
        </Dialog>
      )}
    </>
  );
}

/** The parts of terms, by their names on the form. */
const PARTS: Readonly<Record<string, string>> = {
  kind: "campaigns.kind",
  name: "campaigns.own_name",
  texts: "campaigns.texts",
  starts_at: "campaigns.starts",
  ends_at: "campaigns.ends",
  audience: "campaigns.audience",
  channels: "campaigns.where",
  codes: "campaigns.codes",
  times: "campaigns.times",
  fixed_points: "campaigns.fixed",
  per_member: "campaigns.limit",
  budget: "campaigns.budget",
  tell: "campaigns.tell",
};

/** Which parts would be others. */
function Differences({ of, from }: { of: Json; from: Json }) {
  const t = useT();
  const parts = Object.entries(PARTS).filter(([name]) => ordered(of[name]) !== ordered(from[name]));
  if (parts.length === 0) return null;
  return (
    <>
      <h3>{t("campaigns.overtaken_changes")}</h3>
      <ul className="campaigns-problems" data-overtaken="changes">
        {parts.map(([name, id]) => (
          <li key={name}>{t(id)}</li>
        ))}
      </ul>
    </>
  );
}
