import { useApiMutation, useApiQuery } from "@/api";
import { ConfirmDialog, Loaded, Notice, Points, Terms, useNotify, useT } from "@/kit";

import { PATH, type MemberImport } from "./shapes";

/** Says what taking an import back takes and what it cannot, before it is done. */
export function ReverseDialog({ found, onClose }: { found: MemberImport; onClose: () => void }) {
  const t = useT();
  const notify = useNotify();
  const params = { params: { path: { import_id: found.id } } };
  const remains = useApiQuery(`${PATH}/{import_id}/reversal`, params);
  const reverse = useApiMutation("post", `${PATH}/{import_id}/reverse`, {
    onSuccess: () => {
      onClose();
      notify("info", t("import.reverse_begun"));
    },
  });
  return (
    <ConfirmDialog
      title={t("import.reverse_title")}
      confirm={t("import.reverse")}
      destructive
      busy={reverse.isPending}
      unready={remains.data === undefined}
      error={reverse.error}
      onConfirm={() => reverse.mutate(params)}
      onClose={onClose}
    >
      <Loaded query={remains} lines={3}>
        {(left) => (
          <>
            <p>{t("import.reverse_text", { points: left.there, members: left.members })}</p>
            <Terms
              items={[
                { name: t("import.imported"), value: <Points value={left.imported} /> },
                { name: t("import.there"), value: <Points value={left.there} /> },
                { name: t("import.spent"), value: <Points value={left.spent} /> },
                { name: t("import.held"), value: <Points value={left.held} /> },
                { name: t("import.expired"), value: <Points value={left.expired} /> },
              ]}
            />
            {left.spent + left.held > 0 && <Notice tone="warning">{t("import.reverse_kept")}</Notice>}
            <p className="kit-soft">{t("import.reverse_hint")}</p>
          </>
        )}
      </Loaded>
    </ConfirmDialog>
  );
}
