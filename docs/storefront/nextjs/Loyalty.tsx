/**
 * components/Loyalty.tsx: the components in React, as leaves that run in the browser only.
 *
 * Attributes are passed as they are; events of the components reach React by a ref.
 */

"use client";

import { createElement, useEffect, useRef } from "react";
import { useRouter } from "next/navigation";

type Name = "access" | "points" | "estimate" | "redeem" | "shipping" | "panel";
type Props = { name: Name; channel: string; locale: string; signedIn: boolean; checkout?: string; attributes?: Record<string, string> };

const CHANGES = ["loyalty:redeemed", "loyalty:released"];

export function Loyalty({ name, channel, locale, signedIn, checkout, attributes }: Props) {
	const element = useRef<HTMLElement>(null);
	const router = useRouter();

	useEffect(() => {
		const here = element.current;
		// The checkout has another total now: the server components read it anew.
		const changed = () => router.refresh();
		for (const event of CHANGES) here?.addEventListener(event, changed);
		return () => {
			for (const event of CHANGES) here?.removeEventListener(event, changed);
		};
	}, [router]);

	return createElement(`loyalty-${name}`, {
		ref: element,
		store: process.env.NEXT_PUBLIC_SALEOR_API_URL,
		channel,
		locale,
		checkout,
		"token-endpoint": signedIn ? "/api/loyalty-token" : undefined,
		suppressHydrationWarning: true,
		...attributes,
	});
}

/** Put it where the cart is changed: the components read it again. */
export function useCartChanged(version: string) {
	useEffect(() => {
		document.dispatchEvent(new Event("loyalty:refresh"));
	}, [version]);
}
