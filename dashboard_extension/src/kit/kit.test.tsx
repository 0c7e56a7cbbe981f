import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { Link } from "react-router";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";

import { ApiFailure, useApiMutation, useApiPages, useApiQuery, type Pages } from "@/api";
import { refused, renderPage } from "@/testing/render";

import { useZodForm } from "./forms";
import {
  Button,
  ConfirmDialog,
  CursorTable,
  Empty,
  Failure,
  FieldMoney,
  FieldNumber,
  FieldText,
  Loaded,
  Money,
  Points,
  SaveBar,
  useDownload,
  When,
} from "./index";

const LIST = "/api/dashboard/v1/members";

interface Row {
  readonly name: string;
}

function List() {
  const pages = useApiPages(LIST, { params: { query: { search: "a" } } } as never, { first: 2 }) as unknown as Pages<Row>;
  return (
    <CursorTable
      label="Members"
      pages={pages}
      rowKey={(row) => row.name}
      columns={[{ id: "name", title: "Name", cell: (row) => row.name }]}
      empty={<Empty title="Nobody yet" />}
    />
  );
}

describe("a list that is read page by page", () => {
  it("asks for the next page by its cursor until there is none", async () => {
    const asked: string[] = [];
    renderPage(<List />, {
      answers: {
        [`GET ${LIST}`]: (request: Request) => {
          const query = new URL(request.url).searchParams;
          asked.push(query.toString());
          return query.has("after") ? { items: [{ name: "Can" }], next: null } : { items: [{ name: "Ada" }, { name: "Bora" }], next: "c/2=" };
        },
      },
    });
    await userEvent.click(await screen.findByRole("button", { name: "Show more" }));
    expect(await screen.findByText("Can")).toBeTruthy();
    expect(within(screen.getByRole("table")).getAllByRole("row")).toHaveLength(4);
    expect(screen.queryByRole("button", { name: "Show more" })).toBeNull();
    expect(asked).toEqual(["search=a&first=2", "search=a&first=2&after=c%2F2%3D"]);
  });

  it("says what would stand there while it is empty", async () => {
    renderPage(<List />, { answers: { [`GET ${LIST}`]: { items: [], next: null } } });
    expect(await screen.findByText("Nobody yet")).toBeTruthy();
  });

  it("keeps what it has when a later page fails, and tries that one again", async () => {
    let up = false;
    renderPage(<List />, {
      answers: {
        [`GET ${LIST}`]: (request: Request) => {
          if (!new URL(request.url).searchParams.has("after")) return { items: [{ name: "Ada" }], next: "2" };
          return up ? { items: [{ name: "Bora" }], next: null } : refused(503, "keys_unavailable", "Not now.");
        },
      },
    });
    await userEvent.click(await screen.findByRole("button", { name: "Show more" }));
    expect(await screen.findByText("Not now.")).toBeTruthy();
    expect(screen.getByText("Ada")).toBeTruthy();
    up = true;
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("Bora")).toBeTruthy();
  });
});

function Told() {
  const query = useApiQuery("/api/dashboard/v1/start");
  return (
    <>
      <Button onClick={() => void query.refetch()}>Look again</Button>
      <Loaded query={query}>{(seen) => <p>{(seen as unknown as { told: string }).told}</p>}</Loaded>
    </>
  );
}

describe("what cannot be read", () => {
  const START = "GET /api/dashboard/v1/start";
  const NO_JSON = () => new Response("<h1>Wi-Fi of the hotel</h1>", { headers: { "Content-Type": "text/html" } });
  const away = () => {
    throw new TypeError("Failed to fetch");
  };

  it.each([
    ["the network is away", away, "Uygulama yanıt vermiyor"],
    ["the app fails", () => refused(500, "internal_error", "Uygulamada bir hata oldu."), "Uygulamada bir hata oldu."],
    ["something else answers", NO_JSON, "Uygulamanın yanıtı okunamadı"],
    ["an answer is torn", () => new Response('{"told": "a', { headers: { "Content-Type": "application/json" } }), "Uygulamanın yanıtı okunamadı"],
    ["a proxy answers for it", () => new Response("Bad gateway", { status: 502 }), "Uygulamanın yanıtı okunamadı"],
    ["the token died", () => refused(401, "invalid_token", "Over.", { reason: "signature" }), "Oturumunuz sona erdi"],
  ])("is said where %s, and tried again", async (_, failing, words) => {
    let up = false;
    renderPage(<Told />, { answers: { [START]: () => (up ? { told: "all is well" } : failing()) }, language: "tr" });
    expect(await screen.findByText(words)).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "Yeniden dene" }));
    expect(await screen.findByText(words)).toBeTruthy();
    up = true;
    await userEvent.click(screen.getByRole("button", { name: "Yeniden dene" }));
    expect(await screen.findByText("all is well")).toBeTruthy();
    expect(screen.queryByText(words)).toBeNull();
  });

  it("is being tried again for all to see, and once however often it is pressed", async () => {
    let letGo = () => {};
    const retry = vi.fn(() => new Promise<void>((resolve) => (letGo = resolve)));
    renderPage(<Failure error={new ApiFailure(0, "too_slow", "")} retry={retry} />);
    const button = screen.getByRole("button", { name: "Try again" });
    await userEvent.click(button);
    await userEvent.click(screen.getByRole("button", { name: "Trying again …" }));
    expect(document.activeElement).toBe(button);
    expect(retry).toHaveBeenCalledOnce();
    letGo();
    expect(await screen.findByRole("button", { name: "Try again" })).toBe(button);
  });

  it("leaves what was read before, and says that it may be old", async () => {
    let up = true;
    renderPage(<Told />, { answers: { [START]: () => (up ? { told: "all is well" } : away()) } });
    expect(await screen.findByText("all is well")).toBeTruthy();
    up = false;
    await userEvent.click(screen.getByRole("button", { name: "Look again" }));
    expect(await screen.findByText("What is shown was read before and may be old.")).toBeTruthy();
    expect(screen.getByText("all is well")).toBeTruthy();
    up = true;
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(screen.queryByText("The app does not answer")).toBeNull());
  });

  it("is not called an empty list any more where it cannot be read anew", async () => {
    let up = true;
    const shown = renderPage(<List />, { answers: { [`GET ${LIST}`]: () => (up ? { items: [], next: null } : away()) } });
    expect(await screen.findByText("Nobody yet")).toBeTruthy();
    up = false;
    await act(() => shown.queries.refetchQueries());
    expect(await screen.findByText("The app does not answer")).toBeTruthy();
    expect(screen.queryByText("Nobody yet")).toBeNull();
    up = true;
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("Nobody yet")).toBeTruthy();
  });
});

function Editor({ onSave }: { onSave: (rate: string | null) => void }) {
  const form = useForm({ defaultValues: { rate: "1.50" as string | null } });
  const save = form.handleSubmit(({ rate }) => {
    onSave(rate);
    form.reset({ rate });
  });
  return (
    <form onSubmit={(event) => void save(event)}>
      <FieldMoney control={form.control} name="rate" label="Rate" currency="TRY" />
      <Link to="/elsewhere">Away</Link>
      <SaveBar dirty={form.formState.isDirty} saving={false} onDiscard={() => form.reset()} />
    </form>
  );
}

describe("a form with a save bar", () => {
  it("takes a decimal as the language writes it, and saves it as the API wants it", async () => {
    const onSave = vi.fn();
    renderPage(<Editor onSave={onSave} />, { language: "tr" });
    const rate = screen.getByLabelText<HTMLInputElement>("Rate");
    expect(rate.value).toBe("1,50");
    await userEvent.clear(rate);
    await userEvent.type(rate, "1.234,5");
    expect(rate.value).toBe("1.234,5");
    await userEvent.click(screen.getByRole("button", { name: "Kaydet" }));
    expect(onSave).toHaveBeenCalledWith("1234.5");
  });

  it("shows what it understood once the person goes on", async () => {
    renderPage(<Editor onSave={vi.fn()} />, { language: "tr" });
    const rate = screen.getByLabelText<HTMLInputElement>("Rate");
    const typed = async (text: string) => {
      await userEvent.clear(rate);
      await userEvent.type(rate, text);
      await userEvent.tab();
      return rate.value;
    };
    expect(await typed("1.250")).toBe("1250");
    expect(await typed("0.125")).toBe("0,125");
    expect(await typed("1.2.3")).toBe("1.2.3");
  });

  it("keeps a person from leaving with changes, unless they want to", async () => {
    const onSave = vi.fn();
    renderPage(<Editor onSave={onSave} />);
    await userEvent.type(screen.getByLabelText("Rate"), "0");
    await userEvent.click(screen.getByText("Away"));
    await userEvent.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Cancel" }));
    expect(screen.queryByText("Elsewhere")).toBeNull();
    expect(screen.getByLabelText<HTMLInputElement>("Rate").value).toBe("1.500");
    await userEvent.click(screen.getByText("Away"));
    await userEvent.click(await screen.findByRole("button", { name: "Leave without saving" }));
    expect(await screen.findByText("Elsewhere")).toBeTruthy();
    expect(onSave).not.toHaveBeenCalled();
  });

  it("lets them go without changes, and after they discarded them", async () => {
    renderPage(<Editor onSave={vi.fn()} />);
    await userEvent.type(screen.getByLabelText("Rate"), "0");
    await userEvent.click(screen.getByRole("button", { name: "Discard" }));
    expect(screen.getByLabelText<HTMLInputElement>("Rate").value).toBe("1.50");
    await userEvent.click(screen.getByText("Away"));
    expect(await screen.findByText("Elsewhere")).toBeTruthy();
  });
});

function Refused() {
  const form = useForm({ defaultValues: { name: "Stars" } });
  const save = useApiMutation("put", "/api/dashboard/v1/publish" as never) as unknown as { mutate: (init: object) => void; error: unknown; isPending: boolean };
  return (
    <form onSubmit={(event) => void form.handleSubmit(() => save.mutate({ body: {} }))(event)}>
      <FieldText control={form.control} name="name" label="Name" />
      <SaveBar dirty={form.formState.isDirty} saving={save.isPending} error={save.error} onDiscard={() => form.reset()} />
    </form>
  );
}

it("a form that could not be saved says so at its save bar, keeps what was typed, and forgets it with the changes", async () => {
  renderPage(<Refused />, { answers: { "PUT /api/dashboard/v1/publish": () => new Response("<h1>Bad gateway</h1>", { status: 502 }) } });
  const name = screen.getByLabelText<HTMLInputElement>("Name");
  await userEvent.type(name, " and more");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  const told = await screen.findByText("The app’s answer could not be read");
  expect(told.closest(".kit-savebar")).toBeTruthy();
  expect(name.value).toBe("Stars and more");
  await userEvent.click(screen.getByRole("button", { name: "Discard" }));
  expect(screen.queryByText("The app’s answer could not be read")).toBeNull();
});

function Checked({ onSave }: { onSave: (sent: { days: number; name: string }) => void }) {
  const schema = z.object({ days: z.number({ error: "A whole number, please." }).max(30, "30 at most."), name: z.string().min(1, "Give it a name.") });
  const form = useZodForm<{ days: number | string | null; name: string }, z.output<typeof schema>>(schema, { days: null, name: "" });
  return (
    <form onSubmit={(event) => void form.handleSubmit(onSave)(event)}>
      <FieldNumber control={form.control} name="days" label="Days" hint="How long" />
      <FieldText control={form.control} name="name" label="Name" />
      <Button type="submit">Send</Button>
    </form>
  );
}

it("a field says what is wrong with it, to screen readers too", async () => {
  const onSave = vi.fn();
  renderPage(<Checked onSave={onSave} />);
  const days = screen.getByLabelText("Days");
  await userEvent.type(days, "soon");
  await userEvent.click(screen.getByRole("button", { name: "Send" }));
  const wrong = await screen.findByText("A whole number, please.");
  expect(days.getAttribute("aria-invalid")).toBe("true");
  expect(days.getAttribute("aria-describedby")?.split(" ")).toContain(wrong.id);
  expect(screen.getByText("Give it a name.")).toBeTruthy();
  expect(onSave).not.toHaveBeenCalled();
  await userEvent.clear(days);
  await userEvent.type(days, "14");
  await userEvent.type(screen.getByLabelText("Name"), "Stars");
  await userEvent.click(screen.getByRole("button", { name: "Send" }));
  await waitFor(() => expect(onSave.mock.calls[0]?.[0]).toEqual({ days: 14, name: "Stars" }));
  expect(days.getAttribute("aria-invalid")).toBe("false");
});

function Give() {
  const give = useApiMutation("post", "/api/dashboard/v1/publish" as never, { idempotent: true }) as unknown as { mutate: (init: object) => void };
  return (
    <>
      <Button onClick={() => give.mutate({ body: { points: 5 } })}>Five</Button>
      <Button onClick={() => give.mutate({ body: { points: 6 } })}>Six</Button>
    </>
  );
}

it("what moves points has one key for each intent of the person", async () => {
  let answer: () => unknown = () => {
    throw new TypeError("Failed to fetch");
  };
  const page = renderPage(<Give />, { answers: { "POST /api/dashboard/v1/publish": () => answer() } });
  const press = async (name: string) => {
    const before = page.requests.length;
    await userEvent.click(screen.getByRole("button", { name }));
    await waitFor(() => expect(page.requests).toHaveLength(before + 1));
  };
  await press("Five");
  await press("Five");
  await press("Six");
  answer = () => ({ done: true });
  await press("Six");
  await press("Six");
  const keys = page.requests.map((request) => request.headers.get("Idempotency-Key"));
  expect(keys[1]).toBe(keys[0]);
  expect(keys[3]).toBe(keys[2]);
  expect(new Set(keys).size).toBe(3);
});

function Asking({ onConfirm }: { onConfirm: () => void }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>Erase</Button>
      {open && (
        <ConfirmDialog title="Erase?" confirm="Erase all" destructive onConfirm={onConfirm} onClose={() => setOpen(false)}>
          <p>It cannot be taken back.</p>
        </ConfirmDialog>
      )}
    </>
  );
}

it("a step that cannot be taken back is asked for, and Escape is a no", async () => {
  const onConfirm = vi.fn();
  renderPage(<Asking onConfirm={onConfirm} />);
  await userEvent.click(screen.getByRole("button", { name: "Erase" }));
  const dialog = screen.getByRole("dialog", { name: "Erase?" });
  dialog.dispatchEvent(new Event("cancel", { cancelable: true }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(onConfirm).not.toHaveBeenCalled();
  await userEvent.click(screen.getByRole("button", { name: "Erase" }));
  await userEvent.click(screen.getByRole("button", { name: "Erase all" }));
  expect(onConfirm).toHaveBeenCalledTimes(1);
});

function Export() {
  const { download, busy } = useDownload();
  return (
    <Button disabled={busy} onClick={() => void download("/api/dashboard/v1/journal.csv")}>
      Export
    </Button>
  );
}

it("a file is fetched with the person's token, and a refusal is told", async () => {
  const names: string[] = [];
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
    names.push(this.download);
  });
  let answer = new Response("a;b", { headers: { "Content-Disposition": "attachment; filename=\"x.csv\"; filename*=UTF-8''%C5%9Fubat.csv" } });
  const page = renderPage(<Export />, { answers: { "GET /api/dashboard/v1/journal.csv": () => answer } });
  await userEvent.click(screen.getByRole("button"));
  await waitFor(() => expect(names).toEqual(["şubat.csv"]));
  expect(page.requests[0]?.headers.get("Authorization")).toBe("Bearer token");
  answer = refused(403, "missing_user_permission", "You need MANAGE_ORDERS.");
  await userEvent.click(screen.getByRole("button"));
  await waitFor(() => expect(page.notified).toEqual([{ status: "error", title: "You may not do this", text: "You need MANAGE_ORDERS." }]));
});

it("amounts, points and moments are shown as the language and the store's clocks have them", () => {
  renderPage(
    <>
      <Money amount="1234.50" currency="TRY" />
      <Points value={-12345} sign />
      <When at="2026-11-22T23:30:00+03:00" />
      <When at="2026-11-22T23:30:00Z" zone="Europe/Istanbul" form="day" />
      <When at="2026-11-22" />
    </>,
    { language: "tr" },
  );
  for (const text of ["₺1.234,50", "-12.345", "22 Kas 2026 23:30", "23 Kas 2026", "22 Kas 2026"]) expect(screen.getByText(text)).toBeTruthy();
});
