import { afterEach, describe, expect, it, vi } from "vitest";

import { copyText } from "./clipboard";

/** Copies as a frame of the Dashboard does: what is selected, and nothing that is inert. */
function copying(clipboard: string[]): void {
  Object.assign(document, {
    execCommand: () => {
      const field = document.activeElement;
      const modal = document.querySelector("dialog[open]");
      if (field instanceof HTMLTextAreaElement && (modal === null || modal.contains(field))) clipboard.push(field.value);
      return true;
    },
  });
}

describe("copying", () => {
  afterEach(() => {
    document.body.replaceChildren();
    vi.restoreAllMocks();
  });

  it("copies from a page, leaves nothing behind and gives the focus back", async () => {
    const clipboard: string[] = [];
    copying(clipboard);
    document.body.innerHTML = "<button>Copy</button>";
    document.querySelector("button")?.focus();
    expect(await copyText("40 points earned")).toBe(true);
    expect(clipboard).toEqual(["40 points earned"]);
    expect(document.querySelector("textarea")).toBeNull();
    expect(document.activeElement).toBe(document.querySelector("button"));
  });

  it("copies from a dialog, around which everything is inert", async () => {
    const clipboard: string[] = [];
    copying(clipboard);
    document.body.innerHTML = "<dialog open><button>Copy</button></dialog>";
    expect(await copyText("slk_secret")).toBe(true);
    expect(clipboard).toEqual(["slk_secret"]);
  });

  it("says that it could not where neither way is open", async () => {
    Object.assign(document, { execCommand: () => false });
    const refused = vi.fn(() => Promise.reject(new Error("NotAllowedError")));
    vi.spyOn(navigator, "clipboard", "get").mockReturnValue({ writeText: refused } as unknown as Clipboard);
    expect(await copyText("slk_secret")).toBe(false);
    expect(refused).toHaveBeenCalledOnce();
  });
});
