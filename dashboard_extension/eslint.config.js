import js from "@eslint/js";
import a11y from "eslint-plugin-jsx-a11y";
import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const DIALOGS = ["alert", "confirm", "prompt", "print"].map((name) => ({
  name,
  message: "The Dashboard's frame does not allow it: use a dialog or notification of the kit.",
}));

export default tseslint.config(
  { ignores: ["dist", "node_modules", "src/api/schema.d.ts"] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  // Its other rules run the React Compiler over each component: three quarters of all linting, and
  // nothing here is built with that compiler.
  { plugins: { "react-hooks": hooks }, rules: { "react-hooks/rules-of-hooks": "error", "react-hooks/exhaustive-deps": "error" } },
  a11y.flatConfigs.strict,
  {
    rules: {
      "no-restricted-globals": ["error", ...DIALOGS],
      "no-restricted-properties": ["error", ...DIALOGS.map((one) => ({ object: "window", property: one.name, message: one.message }))],
      "no-restricted-imports": [
        "error",
        { paths: [{ name: "@saleor/macaw-ui", importNames: ["Modal", "Drawer", "ThemeProvider", "useTheme"], message: "It writes style elements, or a second main: use Dialog and the shell's theme." }] },
      ],
      "no-console": "error",
      eqeqeq: "error",
      "@typescript-eslint/consistent-type-imports": "error",
      // What scrolls sideways must be reached by keyboard.
      "jsx-a11y/no-noninteractive-tabindex": ["error", { roles: ["region"], tags: [] }],
    },
  },
);
