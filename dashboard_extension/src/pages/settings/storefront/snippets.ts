/** What a page of the shop needs of the store's. */
export interface Place {
  readonly app: string;
  readonly saleor: string;
  readonly channel: string;
  /** An origin of the shop. */
  readonly shop: string;
}

/** The components on a page of the shop, with this store's addresses. */
export function componentsSnippet(place: Place): string {
  const at = `store="${host(place.saleor)}" channel="${place.channel}"`;
  return [
    `<script type="module" crossorigin="anonymous" src="${place.app}/storefront/v1/loyalty.js"></script>`,
    "",
    `<loyalty-points   ${at} token-endpoint="/api/loyalty-token"></loyalty-points>`,
    `<loyalty-estimate ${at} checkout="CHECKOUT_ID"></loyalty-estimate>`,
    `<loyalty-shipping ${at} checkout="CHECKOUT_ID"></loyalty-shipping>`,
    `<loyalty-redeem   ${at} token-endpoint="/api/loyalty-token" checkout="CHECKOUT_ID"></loyalty-redeem>`,
    `<loyalty-panel    ${at} token-endpoint="/api/loyalty-token"></loyalty-panel>`,
  ].join("\n");
}

/** What the shop's server asks for, in exchange for the shopper's Saleor token. */
export function sessionSnippet(place: Place): string {
  return [
    `curl ${place.app}/api/storefront/v1/session \\`,
    '  -H "Authorization: Bearer SALEOR_TOKEN_OF_THE_SHOPPER" \\',
    '  -H "Content-Type: application/json" \\',
    `  -d '{"origin": "${place.shop}"}'`,
  ].join("\n");
}

/** The host of an API address, by which the components know the store. */
export function host(address: string): string {
  return new URL(address).host;
}
