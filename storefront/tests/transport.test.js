import assert from "node:assert/strict";
import test from "node:test";

import { ask, Failure } from "../components/transport.js";
import { refused, wireOf } from "./wire.js";

const wish = { url: "https://app.example/x", patience: 1000, tries: 2 };

test("what nobody answered is asked again, with the same body and headers", async () => {
  const wire = wireOf(new TypeError("offline"), { body: { fine: true } });
  const { body } = await ask({ ...wish, method: "POST", input: { points: 5 }, headers: { "Idempotency-Key": "k" } }, wire);
  assert.deepEqual(body, { fine: true });
  assert.equal(wire.asked.length, 2);
  assert.equal(wire.asked[0].body, wire.asked[1].body);
  assert.equal(wire.asked[1].headers["Idempotency-Key"], "k");
});

test("an answer that says later is waited for as long as it says", async () => {
  const wire = wireOf({ ...refused(503, "saleor_busy"), later: 3 }, { body: {} });
  await ask(wish, wire);
  assert.deepEqual(wire.paused, [3000]);
});

test("who says much later, or refuses, is not asked again", async () => {
  for (const answer of [{ ...refused(429, "too_many_requests"), later: 60 }, refused(409, "worse_off", "words", { saved: "1" }), refused(401, "invalid_token")]) {
    const wire = wireOf(answer);
    await assert.rejects(ask(wish, wire), (failure) => failure instanceof Failure && failure.code === answer.body.error.code);
    assert.equal(wire.asked.length, 1);
  }
});

test("a refusal carries the app's words, and says that it is one", async () => {
  await assert.rejects(ask(wish, wireOf(refused(409, "worse_off", "You would save less.", { saved: "-2.50" }))), (failure) => {
    assert.equal(failure.words, "You would save less.");
    assert.deepEqual(failure.detail, { saved: "-2.50" });
    return failure.refused;
  });
  await assert.rejects(ask(wish, wireOf({ ...refused(429, "too_many_requests"), later: 60 })), (failure) => !failure.refused);
});

test("a request ends after its patience", async () => {
  const never = (request) => new Promise((_, reject) => { request.signal.addEventListener("abort", () => reject(new Error("aborted"))); });
  const wire = wireOf(never);
  await assert.rejects(ask({ ...wish, patience: 20 }, wire), (failure) => failure.code === "too_slow" && !failure.refused);
  assert.equal(wire.asked.length, 2);
});

test("what is no JSON, or an error of a proxy, is a failure with a code", async () => {
  await assert.rejects(ask(wish, wireOf({ body: "<html>" })), (failure) => failure.code === "unreadable");
  await assert.rejects(ask(wish, wireOf({ status: 500, body: {} })), (failure) => failure.code === "status_500" && failure.words === "");
  await assert.rejects(ask(wish, wireOf({ status: 500, body: { error: { code: 7, message: {} } } })), (failure) => failure.code === "status_500");
});
