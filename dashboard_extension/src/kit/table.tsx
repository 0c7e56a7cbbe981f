import type { ReactNode } from "react";

import type { Pages } from "@/api";

import { Button } from "./Button";
import { Failure, FailureOf, Skeleton } from "./waiting";
import { useT } from "./staff";

export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  /** Numbers stand at the end. */
  readonly align?: "end";
}

/**
 * A list that is read page by page; on a telephone each row becomes a card.
 *
 * Args: `pages` of `useApiPages`; `empty` says what would stand here and how it comes to be.
 */
export function CursorTable<Row>(props: {
  label: string;
  pages: Pages<Row>;
  columns: readonly Column<Row>[];
  rowKey: (row: Row) => string;
  empty: ReactNode;
}) {
  const t = useT();
  const { pages } = props;
  if (pages.data === undefined) {
    return pages.error ? <FailureOf query={pages} /> : <Skeleton lines={6} />;
  }
  const rows = pages.data.pages.flatMap((page) => page.items);
  // What could not be read anew is not known to be empty any more.
  if (rows.length === 0) return pages.error ? <FailureOf query={pages} /> : <>{props.empty}</>;
  return (
    <div aria-busy={pages.isFetching}>
      {pages.isRefetchError && <FailureOf query={pages} />}
      <Table label={props.label} rows={rows} columns={props.columns} rowKey={props.rowKey} />
      {pages.isFetchNextPageError && <Failure error={pages.error} retry={() => pages.fetchNextPage()} />}
      <div className="kit-more">
        <span className="kit-soft kit-small" role="status">
          {t(pages.hasNextPage ? "kit.shown" : "kit.shown_all", { count: rows.length })}
        </span>
        {pages.hasNextPage && (
          <Button variant="secondary" disabled={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
            {pages.isFetchingNextPage ? t("kit.loading") : t("kit.more")}
          </Button>
        )}
      </div>
    </div>
  );
}

/** The same without pages: for short lists that come whole. */
export function Table<Row>(props: { label: string; rows: readonly Row[]; columns: readonly Column<Row>[]; rowKey: (row: Row) => string }) {
  return (
    <div className="kit-table-frame" role="region" aria-label={props.label} tabIndex={0}>
      <table className="kit-table">
        <caption className="kit-visually-hidden">{props.label}</caption>
        <thead>
          <tr>
            {props.columns.map((column) => (
              <th key={column.id} scope="col" data-align={column.align}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.rows.map((row) => (
            <tr key={props.rowKey(row)}>
              {props.columns.map((column) => (
                <td key={column.id} data-label={column.title || undefined} data-align={column.align}>
                  <div>{column.cell(row)}</div>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
