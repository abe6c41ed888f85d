// The linter of all JavaScript that runs in readers' browsers: `make lint`.
import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: ["**/bundle.js", "**/node_modules/**"] },
  {
    ...js.configs.recommended,
    files: ["**/*.js"],
    languageOptions: { ecmaVersion: 2024, sourceType: "module", globals: globals.browser },
    rules: {
      ...js.configs.recommended.rules,
      eqeqeq: "error",
      "no-var": "error",
      "prefer-const": "error",
      "no-unused-vars": ["error", { args: "after-used", caughtErrors: "none" }],
    },
  },
  { files: ["**/worker/*.js"], languageOptions: { globals: globals.serviceworker } },
];
