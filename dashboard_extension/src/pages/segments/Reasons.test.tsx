import { screen, within } from "@testing-library/react";
import { expect, it } from "vitest";

import type { components } from "@/api";
import { Segments as MemberSegments } from "@/pages/members/tabs/Segments";
import { renderPage } from "@/testing/render";

import { Members } from "./Members";

type Reason = components["schemas"]["SegmentReason"];
type Standing = components["schemas"]["SegmentStandingLine"];

const line = (condition: string, number: string, holds: boolean): Reason => ({ kind: "condition", condition, number, holds, of: [] });
const group = (kind: "all" | "any", condition: string, holds: boolean, of: Reason[]): Reason => ({ kind, condition, number: "", holds, of });
/** Somebody whose last order went to Germany, in a segment of those who do not buy from Türkiye. */
const WHY = [
  line("the last order did not go to Türkiye", "Germany", true),
  group("any", "At least one of these:", true, [
    line("orders ever: at least 5", "2", false),
    group("all", "All of these:", true, [line("did not agree to offers by text message", "", true), line("days as a member: at least 30", "40 days", true)]),
  ]),
];
const CAME_IN = "Came in with: the last order went to Germany; orders ever: 1.";
const SEGMENT = { id: "abroad", name: "Abroad", told: "Members for whom this holds: …", members: 2 };
const MEMBERS = [
  { member: "7", name: "Ada", since: "2027-01-04T09:30:00Z", why: WHY, came_in: CAME_IN },
  { member: "8", name: "", since: "2027-01-05T09:30:00Z", why: [], came_in: "" },
];
const STANDING: Standing = { ...SEGMENT, since: "2027-01-04T09:30:00Z", fits: true, why: WHY, came_in: CAME_IN };

/** What a reason says of itself, as it is heard: without its mark, and without its parts. */
function heard(item: HTMLElement): string {
  const said = item.cloneNode(true) as HTMLElement;
  said.querySelectorAll("ul, [aria-hidden]").forEach((one) => one.remove());
  return said.textContent.replace(/\s+/g, " ").trim();
}

/** The row of a table that something stands in. */
function rowOf(found: Element | null): HTMLElement {
  const row = found?.closest("tr");
  if (!row) throw new Error("it stands in no row");
  return row;
}

function marks(within_: HTMLElement): [string, string][] {
  return within(within_)
    .getAllByRole("listitem")
    .map((one) => [one.querySelector("[aria-hidden]")?.textContent ?? "", heard(one)]);
}

const TOLD = [
  ["✓", "Germany the last order did not go to Türkiye holds"],
  ["✓", "At least one of these: holds"],
  ["✗", "2 orders ever: at least 5 does not hold"],
  ["✓", "All of these: holds"],
  ["✓", "did not agree to offers by text message holds"],
  ["✓", "40 days days as a member: at least 30 holds"],
];

it("shows why a member is in a segment: groups within groups, and “not” as met where it is", async () => {
  renderPage(<Members />, {
    route: "/segments/:segment",
    path: "/segments/abroad",
    answers: {
      "GET /api/dashboard/v1/segments": { segments: [SEGMENT], sweep: null },
      "GET /api/dashboard/v1/segments/abroad/members": { items: MEMBERS, next: null },
    },
  });
  const ada = rowOf(await screen.findByRole("link", { name: "Ada" }));
  expect(marks(ada)).toEqual(TOLD);
  const lists = within(ada).getAllByRole("list");
  expect(lists.map((one) => one.children.length)).toEqual([2, 2, 2]);
  expect(lists[1]?.contains(lists[2] ?? null)).toBe(true);
  expect(ada.querySelector("[data-came-in]")?.textContent).toBe(CAME_IN);
  const other = rowOf(screen.getByRole("link", { name: "Member 8" }));
  expect(within(other).queryByRole("list")).toBeNull();
  expect(within(other).getByText("Takes no part now")).toBeTruthy();
  expect(other.querySelector("[data-came-in]")).toBeNull();
});

it("shows a member where they stand in each segment, and with what they came in", async () => {
  const soon: Standing = { ...STANDING, id: "soon", name: "Soon", since: null, came_in: "" };
  const out: Standing = { ...STANDING, id: "out", name: "Out", since: null, fits: false, came_in: "", why: [line("orders ever: at least 5", "–", false)] };
  const absent: Standing = { ...out, id: "absent", name: "Absent", why: [] };
  const { container } = renderPage(<MemberSegments id="7" />, {
    answers: { "GET /api/dashboard/v1/members/7/segments": { segments: [STANDING, soon, out, absent] } },
  });
  await screen.findByText("Abroad");
  const row = (id: string) => rowOf(container.querySelector(`[data-member-segment="${id}"]`));
  expect(marks(row("abroad"))).toEqual(TOLD);
  expect(row("abroad").querySelector("[data-came-in]")?.textContent).toBe(CAME_IN);
  expect(row("abroad").querySelector("[data-in]")?.getAttribute("data-in")).toBe("true");
  expect(within(row("soon")).getByText("Comes in soon")).toBeTruthy();
  expect(row("soon").querySelector("[data-came-in]")).toBeNull();
  expect(marks(row("out"))).toEqual([["✗", "– orders ever: at least 5 does not hold"]]);
  expect(within(row("out")).getByText("No")).toBeTruthy();
  expect(within(row("absent")).getByText("Takes no part in the program")).toBeTruthy();
});
