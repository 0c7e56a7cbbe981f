/** The sandbox's GraphQL and control API. */

import { documents } from "/pages/js/documents.js";
import { language, t, textOr } from "/pages/js/lib/text.js";

/** A failure with words for the person at the screen. */
export class Problem extends Error {
  /** `refused`: the other side understood and will not; asking again with the same words is vain. */
  constructor(code, message, { refused = false } = {}) {
    super(message);
    this.code = code;
    this.refused = refused;
  }
}

async function json(address, options) {
  let answer;
  try {
    answer = await fetch(address, options);
  } catch {
    throw new Problem("unreachable", t("problem.unreachable"));
  }
  try {
    const retryAfter = Number(answer.headers.get("Retry-After")) || null;
    return { ok: answer.ok, status: answer.status, retryAfter, body: await answer.json() };
  } catch {
    throw new Problem("unreadable", t("problem.unreadable", { status: answer.status }));
  }
}

/** A refusal of the store in the reader's language, where this shop has words for it. */
function refusal({ field, code, message }) {
  return textOr(`refusal.${field}_${code}`, textOr(`refusal.${code}`, message || code));
}

/** Runs the document `name`; gives its data, or throws the first problem it tells of. */
export async function gql(name, variables = {}, token = null) {
  const { body } = await json("/graphql/", {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
    },
    body: JSON.stringify({ query: documents[name], variables }),
  });
  if (body.errors?.length) {
    const [first] = body.errors;
    throw new Problem(first.extensions?.exception?.code ?? "graphql", first.message);
  }
  for (const result of Object.values(body.data)) {
    if (result?.errors?.length) {
      const [first] = result.errors;
      throw new Problem(first.code, refusal(first));
    }
  }
  return body.data;
}

/** Asks the control API: GET without `input`, else POST. */
export async function control(name, input) {
  const { ok, status, body } = await json(`/_control/${name}`, input === undefined ? {} : {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(input),
  });
  if (!ok || body.error) {
    const error = body.error;
    const words = typeof error === "string" ? error : error?.message;
    throw new Problem(error?.code ?? "control", words ?? t("problem.unreadable", { status }));
  }
  return body;
}

/**
 * The loyalty app's storefront API, through the shop's own address.
 *
 * Gives the body of the answer, and `later`: the seconds after which to ask again, or null.
 */
export async function loyalty(path, { token = null, method = "GET", input, key } = {}) {
  const { ok, status, body, retryAfter } = await json(`/shop/loyalty/${path}`, {
    method,
    headers: {
      "Accept-Language": language,
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
      ...(input ? { "Content-Type": "application/json" } : {}),
      ...(key ? { "Idempotency-Key": key } : {}),
    },
    ...(input ? { body: JSON.stringify(input) } : {}),
  });
  if (!ok) {
    const { code, message } = body.error ?? { code: "unknown", message: t("problem.unknown") };
    throw new Problem(code, textOr(`problem.${code}`, message), { refused: status < 500 && status !== 429 });
  }
  return { body, later: retryAfter };
}
