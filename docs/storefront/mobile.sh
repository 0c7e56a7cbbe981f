#!/usr/bin/env bash
# Points in a mobile app, request by request: sign in, look, fill a cart, spend, give back, spend.
#
#   SALEOR=https://shop.example.com/graphql/ LOYALTY=https://loyalty.example.com \
#   EMAIL=… PASSWORD=… CHANNEL=default-channel VARIANT=<id of a variant> POINTS=100 ./mobile.sh
#
# It needs curl and jq. A mobile app sends the same requests with its own client.
set -euo pipefail

saleor() { # query variables
    jq -cn --arg query "$1" --argjson variables "$2" '{query: $query, variables: $variables}' |
        curl -sS --fail-with-body "$SALEOR" -H "Content-Type: application/json" \
            ${TOKEN:+-H "Authorization: Bearer $TOKEN"} --data @- | jq -e '.data'
}

# One request to the app. It is sent again, as it is, while nobody answers; a 202 is asked after.
loyalty() { # method path [body] [key]
    curl -sS --retry 4 --retry-connrefused --max-time 20 -X "$1" "$LOYALTY/api/storefront/v1/$2" \
        -H "Authorization: Bearer $TOKEN" -H "Accept-Language: ${LANGUAGE_TAG:-en}" \
        ${3:+-H "Content-Type: application/json" --data "$3"} ${4:+-H "Idempotency-Key: $4"}
}

new_key() { od -An -N16 -tx1 /dev/urandom | tr -d ' \n'; }

# Until the discount is on the cart, or off it again.
settled() { # answer
    local answer=$1 tries=0
    while jq -e '.error.code? // false' <<<"$answer" >/dev/null; do
        jq -r '.error.message' <<<"$answer" >&2
        return 1
    done
    until jq -e '(.ending == null) and (.state | IN("held", "issued") | not)' <<<"$answer" >/dev/null; do
        tries=$((tries + 1))
        [ "$tries" -le 60 ] || { echo "The store is slow; ask again later." >&2; return 1; }
        sleep 1
        answer=$(loyalty GET "redemptions/$(jq -r .id <<<"$answer")")
    done
    echo "$answer"
}

# 1. Sign in to Saleor. Its token is the proof for the loyalty app too; keep it in memory.
TOKEN=
signed_in=$(saleor 'mutation ($email: String!, $password: String!) {
  tokenCreate(email: $email, password: $password) { token errors { message } }
}' "$(jq -cn --arg email "$EMAIL" --arg password "$PASSWORD" '{email: $email, password: $password}')")
TOKEN=$(jq -er .tokenCreate.token <<<"$signed_in")

# 2. The shopper's points, and the last movements.
loyalty GET "me?channel=$CHANNEL" | jq '{available: .points.available, worth: .points.worth}'
loyalty GET "me/history?first=3" | jq -r '.entries[].explanation[0]'

# 3. A cart of the shopper.
created=$(saleor 'mutation ($input: CheckoutCreateInput!) {
  checkoutCreate(input: $input) { checkout { id } errors { message } }
}' "$(jq -cn --arg channel "$CHANNEL" --arg email "$EMAIL" --arg variant "$VARIANT" \
    '{input: {channel: $channel, email: $email, lines: [{variantId: $variant, quantity: 1}]}}')")
CHECKOUT=$(jq -er .checkoutCreate.checkout.id <<<"$created")

# 4. What it earns, and how many points it takes.
loyalty GET "checkouts/$CHECKOUT" | jq '{earns: .earning.points, most: .spending.most_points, refusal: .spending.refusal}'

# 5. Spend. A new key for each wish of the shopper; the same one whenever this request is repeated.
wish=$(jq -cn --arg checkout "$CHECKOUT" --argjson points "$POINTS" '{checkout_id: $checkout, points: $points}')
spent=$(settled "$(loyalty POST redemptions "$wish" "$(new_key)")")
jq '{state, points, discount}' <<<"$spent"
saleor 'query ($id: ID!) { checkout(id: $id) { totalPrice { gross { amount } } discount { amount } } }' \
    "$(jq -cn --arg id "$CHECKOUT" '{id: $id}')" | jq .checkout

# 6. Changed their mind: the points come back.
given_back=$(settled "$(loyalty DELETE "redemptions/$(jq -r .id <<<"$spent")")")
jq '{state}' <<<"$given_back"

# 7. And once more. Completing the checkout in Saleor spends them for good.
again=$(settled "$(loyalty POST redemptions "$wish" "$(new_key)")")
jq -c '{state, checkout_id}' <<<"$again"
