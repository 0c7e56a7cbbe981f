export { ApiFailure } from "./failure";
export { apiKey, useApi, useApiMutation, useApiPages, useApiQuery, type Answer, type Asked, type Pages } from "./hooks";
export type { components, paths } from "./schema";
