import { useApiQuery } from "@/api";
import { Badge, Empty, Loaded, Notice, Section, useT, When } from "@/kit";

import { Choose } from "./Choose";
import { OneImport } from "./OneImport";
import { isAtWork, PATH, type MemberImport } from "./shapes";

/** The tab: choose a file, follow it, and see those that were brought before. */
export function Import() {
  const t = useT();
  const imports = useApiQuery(PATH, { params: { query: { first: 50 } } }, { refetchInterval: 3000 });
  return (
    <>
      <Choose />
      <Loaded query={imports}>
        {({ items, live }) => (
          <>
            {!live && (
              <Notice tone="info">
                <strong>{t("import.not_live")}</strong>
                <p>{t("import.not_live_text")}</p>
              </Notice>
            )}
            {items.length === 0 && (
              <Section title={t("import.none")}>
                <Empty title={t("import.none_title")}>{t("import.none_text")}</Empty>
              </Section>
            )}
            {items.slice(0, 1).map((found) => (
              <Section
                key={found.id}
                title={found.file_name}
                hint={<Brought found={found} />}
                actions={<State found={found} />}
              >
                <OneImport found={found} live={live} />
              </Section>
            ))}
            {items.length > 1 && (
              <Section title={t("import.earlier")}>
                {items.slice(1).map((found) => (
                  <details key={found.id} className="import-earlier" open={isAtWork(found)}>
                    <summary>
                      {found.file_name} <State found={found} />
                    </summary>
                    <div className="import-body">
                      <p className="kit-hint">
                        <Brought found={found} />
                      </p>
                      <OneImport found={found} live={live} />
                    </div>
                  </details>
                ))}
              </Section>
            )}
          </>
        )}
      </Loaded>
    </>
  );
}

function Brought({ found }: { found: MemberImport }) {
  const t = useT();
  return (
    <>
      {t("import.brought", { by: found.by, count: found.rows })} · <When at={found.created_at} />
    </>
  );
}

const TONES = {
  checking: "info",
  checked: "info",
  booking: "info",
  done: "success",
  canceled: "warning",
  reversing: "info",
  reversed: "neutral",
} as const;

function State({ found }: { found: MemberImport }) {
  const t = useT();
  return (
    <span data-import-state={found.state}>
      <Badge tone={TONES[found.state]}>{t(`import.state.${found.state}`)}</Badge>
    </span>
  );
}
