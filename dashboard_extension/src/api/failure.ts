/** A request that was refused or not answered, in words for the person at the screen. */
export class ApiFailure extends Error {
  /** 0 where nothing answered. */
  readonly status: number;
  /** Stable, such as "invalid_token"; "unreachable" or "too_slow" where nothing answered. */
  readonly code: string;
  readonly detail: Readonly<Record<string, unknown>>;

  constructor(status: number, code: string, message: string, detail: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = "ApiFailure";
    this.status = status;
    this.code = code;
    this.detail = detail;
  }

  /** Whether it may go well when it is tried again as it is. */
  get mayPass(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500 || (this.code === "unreadable_answer" && this.status < 400);
  }
}

/** What the body of a refusal says; what is not ours becomes "unreadable_answer". */
export function failureFrom(status: number, body: unknown): ApiFailure {
  const error = record(record(body)?.error);
  if (error === null || typeof error.code !== "string") {
    return new ApiFailure(status, "unreadable_answer", "");
  }
  const message = typeof error.message === "string" ? error.message : "";
  return new ApiFailure(status, error.code, message, record(error.detail) ?? {});
}

/** The same of a response, whose body can still be read afterwards. */
export async function failureOf(response: Response): Promise<ApiFailure> {
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => null);
  return failureFrom(response.status, body);
}

function record(value: unknown): Record<string, unknown> | null {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
}
