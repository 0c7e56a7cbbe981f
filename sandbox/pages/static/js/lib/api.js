/** The sandbox's GraphQL and control API. */

import { documents } from "/pages/js/documents.js";
import { t, textOr } from "/pages/js/lib/text.js";

/** A failure with words for the person at the screen. */
export class Problem extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
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
    return { ok: answer.ok, status: answer.status, body: await answer.json() };
  } catch {
    throw new Problem("unreadable", t("problem.unreadable", { status: answer.status }));
  }
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
      throw new Problem(first.code, first.message || first.code);
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

/** The loyalty app's storefront API, through the shop's own address. */
export async function loyalty(path, token, language) {
  const { ok, body } = await json(`/shop/loyalty/${path}`, {
    headers: { Authorization: `Bearer ${token}`, "Accept-Language": language },
  });
  if (!ok) {
    const { code, message } = body.error ?? { code: "unknown", message: t("problem.unknown") };
    throw new Problem(code, textOr(`problem.${code}`, message));
  }
  return body;
}
