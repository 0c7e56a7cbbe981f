/** What a Next.js storefront has around these files, so that they can be checked here. */

declare module "next/headers" {
	export function headers(): Promise<Headers>;
}
declare module "next/cache" {
	export function revalidatePath(path: string): void;
}
declare module "next/navigation" {
	export function useRouter(): { refresh(): void };
}
declare module "@/lib/auth" {
	export function saleorToken(): Promise<string | null>;
	export function checkoutId(): Promise<string | null>;
}
declare const process: { env: Record<string, string | undefined> };
