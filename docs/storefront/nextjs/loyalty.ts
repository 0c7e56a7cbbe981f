/**
 * lib/loyalty.ts: the loyalty app, asked by the storefront's server.
 *
 * The shopper's Saleor token never leaves the server. It goes along with each request here, and is
 * exchanged for a short-lived loyalty token where components in the browser need one.
 */

export type Money = { amount: string; currency: string };
export type Redemption = { id: string; state: string; points: number; discount: Money; ending: string | null; error: Problem | null };
export type Checkout = {
	earning: { points: number; hints: string[] };
	spending: null | {
		available: number;
		most_points: number;
		most_discount: Money;
		minimum_points: number;
		step: number;
		refusal: Problem | null;
		redemption: Redemption | null;
	};
};
export type Problem = { code: string; message: string; detail: Record<string, unknown> };

/** A refusal of the app; `message` is for the shopper. */
export class LoyaltyProblem extends Error {
	constructor(readonly problem: Problem, readonly status: number) {
		super(problem.message);
	}
}

type Asked = { token: string; language: string; method?: string; body?: unknown; key?: string };

const PATIENCE = 10_000;
const TRIES = 3;
const LATER = new Set([429, 502, 503, 504]);
const sleep = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** One request. Repetitions carry the same key, so nothing is ever spent twice. */
async function ask(path: string, { token, language, method = "GET", body, key }: Asked): Promise<{ found: unknown; later: number | null }> {
	for (let left = TRIES - 1; ; left -= 1) {
		let pause = 0.7;
		try {
			const answer = await fetch(`${process.env.LOYALTY_URL}/api/storefront/v1/${path}`, {
				method,
				cache: "no-store",
				signal: AbortSignal.timeout(PATIENCE),
				headers: {
					Authorization: `Bearer ${token}`,
					"Accept-Language": language,
					...(body !== undefined && { "Content-Type": "application/json" }),
					...(key && { "Idempotency-Key": key }),
				},
				...(body !== undefined && { body: JSON.stringify(body) }),
			});
			const found: unknown = await answer.json();
			const later = Number(answer.headers.get("Retry-After")) || null;
			if (answer.ok) return { found, later };
			if (!LATER.has(answer.status) || left <= 0) throw new LoyaltyProblem((found as { error: Problem }).error, answer.status);
			pause = Math.min(later ?? pause, 3);
		} catch (failure) {
			if (failure instanceof LoyaltyProblem || left <= 0) throw failure;
		}
		await sleep(pause);
	}
}

/** What a cart earns and takes. Null where the app cannot be asked: the checkout goes on without it. */
export async function readCheckout(id: string, token: string, language: string): Promise<Checkout | null> {
	try {
		return (await ask(`checkouts/${encodeURIComponent(id)}`, { token, language })).found as Checkout;
	} catch (failure) {
		console.warn("loyalty: the cart could not be read", failure);
		return null;
	}
}

/** Spends points; resolves when the discount is on the checkout. `wish` is made once by the form. */
export async function spend(id: string, points: number, wish: string, token: string, language: string): Promise<Redemption> {
	const body = { checkout_id: id, points };
	return settled(await ask("redemptions", { token, language, method: "POST", body, key: wish }), token, language);
}

/** Gives the points back; resolves when the discount is off. */
export async function giveBack(redemption: string, token: string, language: string): Promise<Redemption> {
	return settled(await ask(`redemptions/${redemption}`, { token, language, method: "DELETE" }), token, language);
}

async function settled(answer: { found: unknown; later: number | null }, token: string, language: string): Promise<Redemption> {
	let { found, later } = answer;
	for (let asked = 0; later !== null && asked < 20; asked += 1) {
		await sleep(later);
		({ found, later } = await ask(`redemptions/${(found as Redemption).id}`, { token, language }));
	}
	const redemption = found as Redemption;
	if (redemption.error) throw new LoyaltyProblem(redemption.error, 409);
	return redemption;
}

/** A loyalty token of ten minutes for components in pages of `origin`. */
export async function beginSession(origin: string, token: string, language: string): Promise<{ token: string; expires_at: string }> {
	return (await ask("session", { token, language, method: "POST", body: { origin } })).found as { token: string; expires_at: string };
}

/** The address and hash of the components' script, for the tag in the layout. */
export async function components(): Promise<{ src: string; integrity: string } | null> {
	try {
		const answer = await fetch(`${process.env.LOYALTY_URL}/storefront/v1/manifest.json`, {
			next: { revalidate: 300 },
			signal: AbortSignal.timeout(2000),
		} as RequestInit);
		const { files } = (await answer.json()) as { files: Record<string, { path: string; integrity: string }> };
		const file = files["loyalty.js"];
		return file ? { src: `${process.env.LOYALTY_URL}${file.path}`, integrity: file.integrity } : null;
	} catch (failure) {
		console.warn("loyalty: the components cannot be loaded", failure);
		return null;
	}
}
