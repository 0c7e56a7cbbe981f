import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useNavigate } from "react-router";
import { expect, it } from "vitest";

import { Button } from "@/kit";
import { renderPage } from "@/testing/render";

import { Program } from "./Program";

const DOCUMENT = { version: 1, name: "Points", texts: { en: { program: "Points", point: "point", points: "points" } }, currencies: [], earning: { rules: [] } };
const DRAFT = { document: DOCUMENT, version: "1", updated_by: "user:1", updated_at: "2027-01-01T00:00:00Z", by_you: true };
const ANSWERS = {
  "GET /api/dashboard/v1/program": { may_change: true, draft: DRAFT, in_force: null, channels: [], timezone: "UTC", document_example: DOCUMENT },
  "POST /api/dashboard/v1/program/check": { problems: [], examples: [], changes: [] },
  "POST /api/dashboard/v1/program/yaml/write": { yaml: "name: Points\n" },
  "POST /api/dashboard/v1/program/yaml/read": { document: { ...DOCUMENT, name: "Points and more" } },
};

function Page() {
  const navigate = useNavigate();
  return (
    <>
      <Button onClick={() => void navigate("/elsewhere")}>Away</Button>
      <Program />
    </>
  );
}

it("counts YAML that was typed and not taken over as a change that is not saved", async () => {
  const saved: (typeof DOCUMENT)[] = [];
  const put = async (request: Request) => {
    const { document } = (await request.json()) as { document: typeof DOCUMENT };
    saved.push(document);
    return { ...DRAFT, document, version: "2" };
  };
  renderPage(<Page />, { answers: { ...ANSWERS, "PUT /api/dashboard/v1/program/draft": put } });
  const press = (name: string) => userEvent.click(screen.getByRole("button", { name }));
  await userEvent.click(await screen.findByRole("button", { name: "Show as YAML" }, { timeout: 15_000 }));
  const yaml = await screen.findByLabelText("The program as YAML");
  const save = screen.getByRole<HTMLButtonElement>("button", { name: "Save the draft" });
  const untaken = "Take over the YAML into the form, or close it, before you save.";
  expect(screen.queryByText(untaken)).toBeNull();
  await userEvent.type(yaml, "# more");
  expect(screen.getByText(untaken)).toBeTruthy();
  expect(save.disabled).toBe(true);
  await press("Away");
  await userEvent.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Cancel" }));
  expect((yaml as HTMLTextAreaElement).value).toContain("# more");
  await press("Take over into the form");
  await waitFor(() => expect(save.disabled).toBe(false));
  await press("Save the draft");
  await waitFor(() => expect(saved[0]?.name).toBe("Points and more"));
  await userEvent.click(await screen.findByRole("button", { name: "Show as YAML" }));
  await userEvent.type(await screen.findByLabelText("The program as YAML"), "# less");
  await press("Discard");
  expect(screen.queryByLabelText("The program as YAML")).toBeNull();
  expect(screen.queryByText(untaken)).toBeNull();
}, 60_000);
