import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";

import { refused, renderPage } from "@/testing/render";

import { Codes } from "./Codes";
import type { CampaignOf } from "./form";
import { AT_ONCE, Revoke } from "./Revoke";

const OF = { id: "cp_0123456789ab", sharing: "personal", code_counts: { wanted: 1, open: 2, to_end: 0, ended: 1 } } as unknown as CampaignOf;
const PATH = `/api/dashboard/v1/campaigns/${OF.id}/codes`;
const SLOW = { timeout: 15_000 };

function code(id: string, state: string) {
  return { id, code: `CODE${id}`, kind: "personal", member: null, member_name: "", state, ended_why: "", uses: 0, issued_at: "2027-01-01T00:00:00Z", valid_until: "2027-03-01T00:00:00Z" };
}
const LISTED = { items: [code("1", "open"), code("2", "ended"), code("3", "wanted"), code("4", "open")], next: null };

/** Answers that note which codes were asked to end. */
function ending(answer: (codes: string[]) => unknown) {
  const sent: string[][] = [];
  const post = async (request: Request) => {
    const { codes } = (await request.json()) as { codes: string[] };
    sent.push(codes);
    return answer(codes);
  };
  return { sent, answers: { [`GET ${PATH}`]: LISTED, [`POST ${PATH}/revoke`]: post } };
}

describe("codes of a campaign", () => {
  it("end together after one question that says how many; those that had ended are told", async () => {
    const { sent, answers } = ending(() => ({ revoked: 2 }));
    const { notified } = renderPage(<Codes of={OF} />, { answers });
    const all = await screen.findByLabelText("All shown that can end (3)");
    expect(screen.queryByLabelText("Choose CODE2")).toBeNull();
    expect(screen.getByRole<HTMLButtonElement>("button", { name: "Revoke the chosen" }).disabled).toBe(true);
    await userEvent.click(all);
    await userEvent.click(screen.getByRole("button", { name: "Revoke 3 chosen" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Revoke 3 codes" }));
    expect(dialog.getByText(/^They end for good\./)).toBeTruthy();
    await userEvent.click(dialog.getByRole("button", { name: "Revoke" }));
    await waitFor(() => expect(notified).toEqual([{ status: "warning", title: "2 codes are being ended.", text: "1 code had ended already." }]), SLOW);
    expect(sent).toEqual([["1", "3", "4"]]);
    expect(screen.queryByRole("dialog")).toBeNull();
  }, 20_000);

  it("are left out where their box is cleared again; one alone is named", async () => {
    const { sent, answers } = ending((codes) => ({ revoked: codes.length }));
    const { notified } = renderPage(<Codes of={OF} />, { answers, language: "tr" });
    await userEvent.click(await screen.findByLabelText("Listelenen, bitirilebilir kodların tümü (3)"));
    await userEvent.click(screen.getByLabelText("CODE3 kodunu seç"));
    await userEvent.click(screen.getByLabelText("CODE1 kodunu seç"));
    await userEvent.click(screen.getByRole("button", { name: "Seçilen 1 kodu iptal et" }));
    const dialog = within(await screen.findByRole("dialog", { name: "CODE4 kodunu iptal et" }));
    await userEvent.click(dialog.getByRole("button", { name: "İptal et" }));
    await waitFor(() => expect(notified).toEqual([{ status: "success", title: "Kod sonlandırılıyor.", text: undefined }]), SLOW);
    expect(sent).toEqual([["4"]]);
  }, 20_000);

  it("are sent in parts; what fails is told with what is left, and goes on from there", async () => {
    const many = Array.from({ length: AT_ONCE + 2 }, (_, n) => code(String(n + 1), "open"));
    let broken = true;
    const { sent, answers } = ending((codes) => {
      if (codes.length === AT_ONCE || !broken) return { revoked: codes.length };
      broken = false;
      return refused(503, "unavailable");
    });
    const { notified } = renderPage(<Revoke of={OF} codes={many} onClose={() => {}} />, { answers });
    await userEvent.click(await screen.findByRole("button", { name: "Revoke" }));
    expect(await screen.findByText("500 codes are being ended; 2 are left. You can try again.", {}, SLOW)).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "Revoke" }));
    await waitFor(() => expect(notified).toHaveLength(1), SLOW);
    expect(notified[0]?.title).toBe("502 codes are being ended.");
    expect(sent.map((codes) => codes.length)).toEqual([AT_ONCE, 2, 2]);
  }, 20_000);
});
