/**
 * app/checkout/loyalty-actions.ts: spending without any component, by server actions.
 *
 * `checkoutId` and `saleorToken` stand for how your storefront reads its own cookies.
 */

"use server";

import { revalidatePath } from "next/cache";
import { checkoutId, saleorToken } from "@/lib/auth";
import { giveBack, LoyaltyProblem, spend } from "@/lib/loyalty";

export type Outcome = { said: string; code: string };

/** For `useActionState`: the form has a field `points` and a hidden `wish`, made when it is shown. */
export async function spendPoints(_before: Outcome, form: FormData): Promise<Outcome> {
	return attempt(async (token, id, language) => {
		await spend(id, Number(form.get("points")), String(form.get("wish")), token, language);
	}, String(form.get("language")));
}

export async function takeBack(_before: Outcome, form: FormData): Promise<Outcome> {
	return attempt(async (token, _id, language) => {
		await giveBack(String(form.get("redemption")), token, language);
	}, String(form.get("language")));
}

async function attempt(work: (token: string, checkout: string, language: string) => Promise<void>, language: string): Promise<Outcome> {
	const [token, id] = await Promise.all([saleorToken(), checkoutId()]);
	if (!token || !id) return { said: "", code: "signed_out" };
	try {
		await work(token, id, language);
		revalidatePath("/checkout");
		return { said: "", code: "" };
	} catch (failure) {
		if (failure instanceof LoyaltyProblem) return { said: failure.message, code: failure.problem.code };
		console.error("loyalty", failure);
		return { said: "", code: "unreachable" };
	}
}
