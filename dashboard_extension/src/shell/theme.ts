import { themes, vars } from "@saleor/macaw-ui";

type Tree = { readonly [name: string]: string | Tree };

/** Tokens of macaw-ui whose contrast is below what WCAG 2.2 AA asks for, or that are bright in the dark. */
const READABLE: Record<"light" | "dark", Tree> = {
  light: {
    colors: {
      text: { default2: "hsl(180 2% 39%)", warning1: "hsl(32 90% 24%)", critical2: "hsl(11 100% 36%)" },
      background: { info1: "hsl(225 100% 95%)", success1: "hsl(168 45% 88%)", warning1: "hsl(42 100% 89%)" },
    },
  },
  dark: {
    colors: {
      text: { default2: "hsl(230 14% 72%)", warning1: "hsl(42 95% 78%)", critical2: "hsl(11 100% 74%)", success1: "hsl(168 60% 76%)" },
      background: {
        info1: "hsl(222 45% 27%)",
        success1: "hsl(170 45% 19%)",
        warning1: "hsl(36 45% 21%)",
        critical1: "hsl(8 42% 22%)",
      },
    },
  },
};

/** Puts the tokens of a theme of macaw-ui on the document, as its own provider would. */
export function applyTheme(theme: "light" | "dark", root: HTMLElement = document.documentElement): void {
  root.dataset.theme = theme;
  root.style.colorScheme = theme;
  set(root, vars as unknown as Tree, themes[theme === "dark" ? "defaultDark" : "defaultLight"] as unknown as Tree);
  set(root, vars as unknown as Tree, READABLE[theme]);
}

function set(root: HTMLElement, names: Tree, values: Tree): void {
  for (const [key, name] of Object.entries(names)) {
    const value = values[key];
    if (typeof name === "string") {
      if (typeof value === "string") root.style.setProperty(name.slice("var(".length, -1), value);
    } else if (typeof value === "object") {
      set(root, name, value);
    }
  }
}
