/**
 * app/api/loyalty-token/route.ts: the `token-endpoint` of the components.
 *
 * `saleorToken` stands for how your storefront reads the shopper's access token from its own
 * HttpOnly cookie, refreshing it where needed.
 */

import { headers } from "next/headers";
import { saleorToken } from "@/lib/auth";
import { beginSession, LoyaltyProblem } from "@/lib/loyalty";

const NO_STORE = { "Cache-Control": "no-store" };

export async function POST(): Promise<Response> {
	const asked = await headers();
	// A page of another site cannot send this header's value as ours, and gets nothing.
	if (asked.get("origin") !== process.env.STOREFRONT_URL) return new Response(null, { status: 403 });
	const token = await saleorToken();
	if (!token) return new Response(null, { status: 204, headers: NO_STORE });
	try {
		const { token: loyalty } = await beginSession(process.env.STOREFRONT_URL ?? "", token, "en");
		return Response.json({ token: loyalty }, { headers: NO_STORE });
	} catch (failure) {
		const status = failure instanceof LoyaltyProblem ? failure.status : 502;
		return Response.json({ token: null }, { status, headers: NO_STORE });
	}
}
