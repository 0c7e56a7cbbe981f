/** Shows the page in a theme of macaw-ui: its tokens stand in a style sheet (`macaw-tokens.css`). */
export function applyTheme(theme: "light" | "dark", root: HTMLElement = document.documentElement): void {
  root.dataset.theme = theme;
}
