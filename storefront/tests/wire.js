/** A network that answers as a test says, at once, and notes what it was asked. */

/** @param {...(object | Error | ((request: object) => object | Promise<object>))} answers in turn; the last one stays */
export function wireOf(...answers) {
  const asked = [];
  const paused = [];
  const fetch = async (url, options) => {
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    const request = { url, ...options };
    asked.push(request);
    const given = typeof answer === "function" ? await answer(request) : answer;
    if (given instanceof Error) throw given;
    const { status = 200, body = {}, later } = given;
    return new Response(status === 204 ? null : typeof body === "string" ? body : JSON.stringify(body), { status, headers: later ? { "Retry-After": String(later) } : {} });
  };
  const pause = async (milliseconds) => { paused.push(milliseconds); };
  return { fetch, pause, asked, paused };
}

export const refused = (status, code, message = "", detail = {}) => ({ status, body: { error: { code, message, detail } } });
