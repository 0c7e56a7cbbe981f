import { describe, expect, it } from "vitest";

import { ApiFailure } from "@/api";

import { faultsOf, staged } from "./words";

describe("what is wrong with a text", () => {
  it("is what the server found, and nothing that this page does not know", () => {
    const problems = [
      { field: "body", problem: "unknown_field", at: "pionts" },
      { field: "footer", problem: "unknown_field", at: "x" },
      { field: "body", problem: "new_kind", at: "" },
    ];
    expect(faultsOf(new ApiFailure(422, "message_text_invalid", "", { problems }))).toEqual([problems[0]]);
    expect(faultsOf(new ApiFailure(409, "message_settings_changed", ""))).toEqual([]);
    expect(faultsOf(null)).toEqual([]);
  });
});

describe("a mail in the page's frame", () => {
  it("runs and loads nothing, leads nowhere, and keeps its looks apart", () => {
    const mail =
      '<html><head><style>p{color:red}</style><base href="https://evil.example"><script>1</script></head>' +
      '<body onload="x()"><p style="margin:0" onclick="x()">Hi <a href="https://evil.example" style="color:blue">there</a></p><img src="https://evil.example/p.gif" alt="Logo"><object data="x"></object></body></html>';
    const { html, sheets } = staged(mail);
    expect(sheets).toEqual(["p{color:red}"]);
    expect(html).not.toMatch(/script|evil|onclick|onload|object|<style|\sstyle=/);
    expect(html).toContain('data-looks="margin:0"');
    expect(html).toContain("Logo");
  });
});
