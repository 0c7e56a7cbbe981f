import assert from "node:assert/strict";
import test from "node:test";

import { Client } from "../components/client.js";
import { pageOf } from "../components/page.js";
import { givenToken, tokensFrom } from "../components/tokens.js";
import { refused, wireOf } from "./wire.js";

const place = { api: "https://app.example", store: "shop.example", language: "tr", token: "", endpoint: "" };
const redemption = (state, more = {}) => ({ id: "rd_1", state, points: 250, ending: null, error: null, ...more });

function clientWith(wire, tokens = givenToken("T")) {
  return new Client(place, tokens, pageOf({}), wire);
}

test("components that ask alike share one request, until something changes", async () => {
  const wire = wireOf({ body: { points: {} } });
  const client = clientWith(wire);
  await Promise.all([client.me("web"), client.me("web"), client.me("app")]);
  await client.me("web");
  assert.equal(wire.asked.length, 2);
  client.page.changed();
  await client.me("web");
  assert.equal(wire.asked.length, 3);
  assert.equal(wire.asked[0].headers["Accept-Language"], "tr");
  assert.equal(wire.asked[0].credentials, "omit");
});

test("a failure is not shared with who asks later", async () => {
  const wire = wireOf(refused(404, "store_not_found"), { body: { fine: true } });
  const client = clientWith(wire);
  await assert.rejects(client.program("web"));
  assert.deepEqual(await client.program("web"), { fine: true });
});

test("points are spent once, whatever is lost on the way: the same wish has the same key", async () => {
  const wire = wireOf(new TypeError("lost"), new TypeError("lost"), { status: 202, later: 2, body: redemption("held") }, { later: 1, body: redemption("issued") }, { body: redemption("attached") });
  const client = clientWith(wire);
  await assert.rejects(client.spend("C1", 250), (failure) => failure.code === "unreachable");
  const found = await client.spend("C1", 250);
  assert.equal(found.state, "attached");
  const keys = wire.asked.filter(({ method }) => method === "POST").map(({ headers }) => headers["Idempotency-Key"]);
  assert.equal(keys.length, 3);
  assert.equal(new Set(keys).size, 1);
  assert.ok(wire.paused.includes(2000));
  assert.match(wire.asked.at(-1).url, /redemptions\/rd_1$/);
});

test("another wish has another key, and so has the same one once it is settled", async () => {
  const wire = wireOf({ status: 201, body: redemption("attached") });
  const client = clientWith(wire);
  await client.spend("C1", 250);
  await client.spend("C1", 250);
  await client.spend("C2", 250);
  assert.equal(new Set(wire.asked.map(({ headers }) => headers["Idempotency-Key"])).size, 3);
});

test("a refused wish is settled; a token that ran out is not a refusal of it", async () => {
  const wire = wireOf(refused(401, "invalid_token"), refused(409, "worse_off"), refused(409, "worse_off"));
  const client = clientWith(wire);
  await assert.rejects(client.spend("C1", 250), (failure) => failure.status === 401);
  await assert.rejects(client.spend("C1", 250), (failure) => failure.code === "worse_off");
  await assert.rejects(client.spend("C1", 250), (failure) => failure.code === "worse_off");
  const [first, second, third] = wire.asked.map(({ headers }) => headers["Idempotency-Key"]);
  assert.equal(first, second);
  assert.notEqual(second, third);
});

test("what fails on its way fails with the app's words", async () => {
  const error = { code: "gift_lost", message: "A gift would be lost.", detail: {} };
  const client = clientWith(wireOf({ status: 202, later: 1, body: redemption("held") }, { body: redemption("failed", { error }) }));
  await assert.rejects(client.spend("C1", 250), (failure) => failure.code === "gift_lost" && failure.words === error.message && failure.refused);
});

test("a store that never answers is not waited for for ever", async () => {
  const wire = wireOf({ status: 202, later: 1, body: redemption("held") });
  await assert.rejects(clientWith(wire).spend("C1", 250), (failure) => failure.code === "too_slow");
  assert.ok(wire.asked.length < 30, `${wire.asked.length} requests`);
});

test("what is being given back is waited for", async () => {
  const wire = wireOf({ status: 202, later: 1, body: redemption("attached", { ending: "released" }) }, { body: redemption("released") });
  assert.equal((await clientWith(wire).release("rd_1")).state, "released");
  assert.equal(wire.asked[0].method, "DELETE");
});

test("the history of status points is asked for by its unit, that of points as ever", async () => {
  const wire = wireOf({ body: { entries: [] } });
  const client = clientWith(wire);
  await client.history("points", 10);
  await client.history("status", 10, "c1");
  assert.deepEqual(wire.asked.map(({ url }) => new URL(url).search), ["?first=10", "?unit=status&first=10&after=c1"]);
});

test("a token that ran out is renewed once for all who wait, and the request sent again", async () => {
  let made = 0;
  const server = wireOf(() => ({ body: { token: `T${(made += 1)}` } }));
  const app = wireOf((request) => (request.headers.Authorization === "Bearer T1" ? refused(401, "invalid_token") : { body: { url: request.url } }));
  const client = clientWith(app, tokensFrom("/loyalty-token", server));
  await Promise.all([client.me("web"), client.history("points", 10)]);
  assert.equal(made, 2);
  assert.equal(server.asked[0].method, "POST");
  assert.equal(server.asked[0].credentials, "same-origin");
  assert.equal(app.asked.length, 4);
});

test("nobody is signed in where the storefront says so, and nothing is asked for them", async () => {
  for (const answer of [{ status: 204 }, refused(401, "x"), refused(403, "x"), { body: { token: null } }]) {
    const app = wireOf({ body: { spending: null } });
    const client = clientWith(app, tokensFrom("/t", wireOf(answer)));
    await assert.rejects(client.me("web"), (failure) => failure.code === "signed_out");
    assert.equal(app.asked.length, 0);
    await client.checkout("C1");
    assert.equal(app.asked[0].headers.Authorization, undefined);
    assert.match(app.asked[0].url, /store=shop\.example/);
  }
});

test("who signs in is seen after the page says so", async () => {
  const server = wireOf({ status: 204 }, { body: { token: "T1" } });
  const tokens = tokensFrom("/t", server);
  assert.equal(await tokens.current(), null);
  assert.equal(await tokens.current(), null);
  tokens.forget();
  assert.equal(await tokens.current(), "T1");
});

test("a token endpoint that fails is asked again the next time", async () => {
  const server = wireOf({ status: 500, body: "broken" }, { status: 500, body: "broken" }, { body: { token: "T1" } });
  const tokens = tokensFrom("/t", server);
  await assert.rejects(tokens.current());
  assert.equal(await tokens.current(), "T1");
});

test("what anybody may know is told while the token endpoint is away, and nothing of a shopper", async () => {
  const app = wireOf({ body: { points: 149 } });
  const client = clientWith(app, tokensFrom("/t", wireOf({ status: 500, body: "broken" })));
  assert.deepEqual(await client.estimateOf([["amount", "149"]]), { points: 149 });
  assert.equal(app.asked[0].headers.Authorization, undefined);
  await assert.rejects(client.me("web"));
  assert.equal(app.asked.length, 1);
});

test("copies of the file on one page share what they know", () => {
  const world = {};
  const page = pageOf(world);
  assert.equal(pageOf(world), page);
  assert.equal(page.clientOf(place), page.clientOf({ ...place }));
  assert.notEqual(page.clientOf(place), page.clientOf({ ...place, language: "en" }));
});

test("the prices of all products of a page are asked together", async () => {
  const line = (product) => ({ product, variant: `${product}-1`, price: { amount: "75.00", currency: "USD" }, personal: null, lowest: null });
  const wire = wireOf({ body: { history: { days: 30, since: null }, items: [line("tee"), line("mug")] } });
  const client = clientWith(wire);
  const [tee, mug, none] = await Promise.all([client.prices("web", "tee"), client.prices("web", "mug"), client.prices("web", "gone")]);
  assert.equal(wire.asked.length, 1);
  assert.match(wire.asked[0].url, /me\/prices\?channel=web&products=tee%2Cmug%2Cgone$/);
  assert.deepEqual([tee.items.map((one) => one.variant), mug.items.map((one) => one.variant), none.items], [["tee-1"], ["mug-1"], []]);
  assert.equal(tee.history.days, 30);
  await Promise.all([client.prices("web", "tee"), client.prices("app", "tee")]);
  assert.equal(wire.asked.length, 3);
});

test("a page with very many products asks in several requests", async () => {
  const wire = wireOf({ body: { history: null, items: [] } });
  const client = clientWith(wire);
  await Promise.all(Array.from({ length: 101 }, (_, at) => client.prices("web", `p${at}`)));
  assert.equal(wire.asked.length, 2);
});
