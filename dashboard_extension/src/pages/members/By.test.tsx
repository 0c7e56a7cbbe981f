import { screen } from "@testing-library/react";
import { expect, it } from "vitest";

import { renderPage } from "@/testing/render";

import { By } from "./By";

it("names people, and the app where nobody decided, but not the rules", () => {
  renderPage(
    <>
      <By who="agent@example.com" />
      <By who="app:goodwill" />
      <By who="app" />
    </>,
    { answers: {} },
  );
  expect(screen.getByText("By agent@example.com")).toBeTruthy();
  expect(screen.getByText("By the app, automatically")).toBeTruthy();
  expect(screen.getAllByText(/^By /)).toHaveLength(2);
});
