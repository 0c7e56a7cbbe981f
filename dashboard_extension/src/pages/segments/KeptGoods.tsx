import { actions } from "@saleor/app-sdk/app-bridge";

import { Badge, CursorTable, Empty, Notice, Section, useBridge, useT } from "@/kit";

import { useApiPages, type Answer } from "@/api";

type Kept = Answer<"/api/dashboard/v1/kept-goods">;
type Line = Kept["items"][number];

const PLACES = { product: "products", collection: "collections", product_type: "product-types" } as const;

/** What the store's catalog keeps back for some by early access, as Saleor has it now. */
export function KeptGoods() {
  const t = useT();
  const pages = useApiPages("/api/dashboard/v1/kept-goods");
  // The pages of a list are typed by what all lists have; this one says whether anything is held.
  const holding = (pages.data?.pages[0] as Kept | undefined)?.holding;
  const label = t("segments.kept");
  return (
    <div data-segments="kept" data-holding={holding}>
      <Section title={label} hint={t("segments.kept_hint")}>
        {holding !== undefined && holding !== "on" && <Notice tone="warning">{t(`segments.kept_holding.${holding}`)}</Notice>}
        <CursorTable<Line>
          label={label}
          pages={pages}
          rowKey={(row) => row.id}
          empty={<Empty title={t("segments.kept_none")}>{t("segments.kept_none_text")}</Empty>}
          columns={[
            { id: "what", title: t("segments.kept_what"), cell: (row) => <Thing line={row} /> },
            { id: "whom", title: t("segments.kept_whom"), cell: (row) => <Whom line={row} /> },
          ]}
        />
      </Section>
    </div>
  );
}

/** Its name opens it in the Dashboard: in a tab of its own, as the form above may not be saved. */
function Thing(props: { line: Line }) {
  const t = useT();
  const bridge = useBridge();
  const { kind, id, name } = props.line;
  const open = () => void bridge.act(actions.Redirect({ to: `/${PLACES[kind]}/${encodeURIComponent(id)}`, newContext: true }));
  return (
    <div className="segments-thing">
      <button type="button" className="kit-link segments-open" onClick={open} aria-label={t("segments.kept_open", { name })} data-kept={id}>
        {name}
      </button>
      <span className="kit-soft kit-small">{t(`segments.kept_kind.${kind}`)}</span>
    </div>
  );
}

/** For whom it is kept, and what of that cannot be as it was meant. */
function Whom(props: { line: Line }) {
  const t = useT();
  const { told, state, problems } = props.line;
  const wrong = state === "nobody" || state === "empty" || problems.length > 0;
  return (
    <div className="segments-reasons" data-state={state}>
      <div className="segments-whom">
        <span>{told}</span>
        {wrong && <Badge tone={state === "nobody" ? "error" : "warning"}>{t("segments.kept_wrong")}</Badge>}
      </div>
      {problems.map((one) => (
        <p key={one.message} className="kit-soft kit-small" data-problem={one.code}>
          {one.message}
        </p>
      ))}
    </div>
  );
}
