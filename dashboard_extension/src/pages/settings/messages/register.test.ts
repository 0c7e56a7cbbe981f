import { describe, expect, it } from "vitest";

import { announcementOf, announcementSchema } from "./announcing";
import { lastLine } from "./register";

describe("a file that was handed to the register", () => {
  const HEADING = "recipient,recipientType,type,status,source,consentDate,id";

  it("was told up to its greatest line", () => {
    const lines = ["a@example.com,BIREYSEL,EPOSTA,ONAY,HS_WEB,2026-11-20 10:00:00,7", "b@example.com,BIREYSEL,EPOSTA,RET,HS_WEB,2026-11-21 10:00:00,12"];
    expect(lastLine([HEADING, ...lines, ""].join("\r\n"))).toBe(12);
  });

  it.each(["", HEADING, "a,b\n1,2", `${HEADING}\na@example.com,x`])("is none of ours: %j", (text) => {
    expect(lastLine(text)).toBeNull();
  });
});

describe("an announcement", () => {
  const schema = announcementSchema({ both: "both", one: "one", page: "page" });
  const nothing = { title: "", body: "" };

  it("goes out in the languages that were written in", () => {
    const form = { tr: { title: "Yeni", body: "Merhaba" }, en: nothing, link: "" };
    expect(schema.safeParse(form).success).toBe(true);
    expect(announcementOf(form)).toEqual({ texts: { tr: form.tr }, link: "" });
  });

  it.each([
    [{ tr: nothing, en: nothing, link: "" }, ["tr.title"]],
    [{ tr: { title: "Yeni", body: "" }, en: nothing, link: "" }, ["tr.body"]],
    [{ tr: { title: "Yeni", body: "x" }, en: { title: "", body: "x" }, link: "shop" }, ["en.title", "link"]],
  ])("is refused when half written", (form, places) => {
    expect(schema.safeParse(form).error?.issues.map((issue) => issue.path.join("."))).toEqual(places);
  });
});
