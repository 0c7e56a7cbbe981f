declare module "virtual:macaw-tokens.css";
