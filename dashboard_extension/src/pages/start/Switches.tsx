import { useApiMutation, type components } from "@/api";
import { Section, SwitchRow, useFailureWords, useNotify, useT } from "@/kit";

type Switch = components["schemas"]["Switch"];

/** The four kill switches: each stops its part within a minute. */
export function Switches(props: { switches: readonly Switch[]; mayChange: boolean }) {
  const t = useT();
  const notify = useNotify();
  const words = useFailureWords();
  const change = useApiMutation("put", "/api/dashboard/v1/switches/{part}", {
    invalidates: ["/api/dashboard/v1/start"],
    onSuccess: ({ on }) => notify("success", t(on ? "start.switched_on" : "start.switched_off")),
    onError: (failure) => {
      const { title, text } = words(failure);
      notify("error", title, text);
    },
  });
  return (
    <Section title={t("start.switches")} hint={t(props.mayChange ? "start.switches_hint" : "start.switches_forbidden")}>
      <div>
        {props.switches.map(({ part, on }) => {
          const pending = change.isPending && change.variables.params.path.part === part;
          return (
            <SwitchRow
              key={part}
              id={`switch-${part}`}
              label={t(`start.part.${part}`)}
              hint={t(`start.part_hint.${part}`)}
              on={pending ? change.variables.body.on : on}
              disabled={!props.mayChange || change.isPending}
              onChange={(next) => change.mutate({ params: { path: { part } }, body: { on: next } })}
            />
          );
        })}
      </div>
    </Section>
  );
}
