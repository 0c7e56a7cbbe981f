/** Addresses of this shop's customers, one a country, so that another one is tried in one click. */

import { namesForAddress } from "/pages/js/shop/people.js";

const PLACES = {
  US: { streetAddress1: "1 Market Street", city: "San Francisco", countryArea: "CA", postalCode: "94105" },
  TR: { streetAddress1: "İstiklal Caddesi 1", city: "İstanbul", countryArea: "İstanbul", postalCode: "34430" },
  DE: { streetAddress1: "Torstraße 1", city: "Berlin", countryArea: "", postalCode: "10119" },
  FR: { streetAddress1: "1 rue de Rivoli", city: "Paris", countryArea: "", postalCode: "75001" },
  GB: { streetAddress1: "1 Strand", city: "London", countryArea: "", postalCode: "WC2N 5HR" },
  NL: { streetAddress1: "Damrak 1", city: "Amsterdam", countryArea: "", postalCode: "1012 LG" },
  PL: { streetAddress1: "Nowy Świat 1", city: "Warszawa", countryArea: "", postalCode: "00-496" },
};

export const COUNTRIES = Object.keys(PLACES);

/** The address in `country` that this shop knows of who is signed in, or of a guest. */
export function addressIn(country) {
  const known = PLACES[country] ? country : "US";
  return { ...PLACES[known], ...namesForAddress(), country: known };
}
