// The peer of the shipping figure: @saleor/app-sdk verifies a sync webhook and answers one method.
//
//   node server.mjs next|fetch SALEOR_API_URL JWKS PORT
//
// Both of the SDK's ways to be mounted are served with as little around them as Node needs: `next`
// takes Node's own request and response, `fetch` the web's. Nothing is looked up.
import { createServer } from "node:http";
import { SaleorSyncWebhook as FetchWebhook } from "@saleor/app-sdk/handlers/fetch-api";
import { SaleorSyncWebhook as NextWebhook } from "@saleor/app-sdk/handlers/next";

const [mount, saleorApiUrl, jwks, port] = process.argv.slice(2);
const authData = { token: "token", saleorApiUrl, appId: "QXBwOjE=", jwks };
const apl = {
  get: async () => authData,
  set: async () => {},
  delete: async () => {},
  getAll: async () => [authData],
};
const webhook = {
  name: "shipping",
  webhookPath: "/webhook",
  event: "SHIPPING_LIST_METHODS_FOR_CHECKOUT",
  query: "subscription { event { issuedAt } }",
  apl,
};
const METHODS = [{ id: "free", name: "Free shipping", amount: "0.00", currency: "USD" }];

function nextServer() {
  const handle = new NextWebhook(webhook).createHandler((_request, response) =>
    response.status(200).json(METHODS),
  );
  return createServer((request, response) => {
    response.status = (code) => Object.assign(response, { statusCode: code });
    response.json = (value) => {
      const body = JSON.stringify(value);
      response.setHeader("content-type", "application/json");
      response.setHeader("content-length", Buffer.byteLength(body));
      response.end(body);
    };
    response.send = response.json;
    return handle(request, response);
  });
}

function fetchServer() {
  const handle = new FetchWebhook(webhook).createHandler(() => Response.json(METHODS));
  return createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    const answer = await handle(
      new Request(`http://bench${request.url}`, {
        method: "POST",
        headers: request.headers,
        body: Buffer.concat(parts),
      }),
    );
    const body = Buffer.from(await answer.arrayBuffer());
    response.writeHead(answer.status, {
      "content-type": "application/json",
      "content-length": body.length,
    });
    response.end(body);
  });
}

const server = mount === "fetch" ? fetchServer() : nextServer();
server.listen(Number(port), "127.0.0.1", () => console.log("ready"));
