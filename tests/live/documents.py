"""What the live suite asks of a real Saleor."""

TOKEN = """
mutation Token($email: String!, $password: String!) {
  tokenCreate(email: $email, password: $password) { token errors { field message code } }
}
"""

CATALOG = """
query Catalog($channel: String!) {
  products(first: 30, channel: $channel) {
    edges { node { id name isAvailable productType { slug isShippingRequired kind } variants {
      id sku name quantityAvailable
      pricing { price { gross { amount currency } net { amount } } }
      stocks { warehouse { id } quantity }
    } } }
  }
}
"""

STOCKS = """
query Stocks($id: ID!) { productVariant(id: $id) { stocks { warehouse { id } quantity } } }
"""

RESTOCK = """
mutation Restock($id: ID!, $stocks: [StockInput!]!) {
  productVariantStocksUpdate(variantId: $id, stocks: $stocks) { errors { field message code } }
}
"""

INSTALL = """
mutation Install($input: AppInstallInput!) {
  appInstall(input: $input) { appInstallation { id status } errors { field message code } }
}
"""

INSTALLATIONS = "{ appsInstallations { id status message manifestUrl } }"

APPS = "{ apps(first: 50) { edges { node { id identifier isActive } } } }"

APP_DELETE = "mutation Delete($id: ID!) { appDelete(id: $id) { errors { field message code } } }"

REGISTER = """
mutation Register($input: AccountRegisterInput!) {
  accountRegister(input: $input) { errors { field message code } }
}
"""

FIND_CUSTOMER = """
query Find($email: String!) { user(email: $email) { id isConfirmed } }
"""

CONFIRM = """
mutation Confirm($id: ID!) {
  customerUpdate(id: $id, input: {isConfirmed: true}) { errors { field message code } }
}
"""

APP_CREATE = """
mutation AppCreate($input: AppInput!) {
  appCreate(input: $input) { app { id } errors { field message code } }
}
"""

WEBHOOK_CREATE = """
mutation WebhookCreate($input: WebhookCreateInput!) {
  webhookCreate(input: $input) { errors { field message code } }
}
"""

CHECKOUT = """
mutation Checkout($input: CheckoutCreateInput!) {
  checkoutCreate(input: $input) {
    checkout { id totalPrice { gross { amount currency } } }
    errors { field message code }
  }
}
"""

SHIPPING = """
query Shipping($id: ID!) {
  checkout(id: $id) { shippingMethods { id name active message price { amount } } }
}
"""

DELIVERIES = """
mutation Deliveries($id: ID!) {
  deliveryOptionsCalculate(id: $id) {
    deliveries { id }
    errors { code message }
  }
}
"""

CHOOSE_SHIPPING = """
mutation Choose($id: ID!, $method: ID!) {
  checkoutDeliveryMethodUpdate(id: $id, deliveryMethodId: $method) {
    checkout { totalPrice { gross { amount currency } } }
    errors { field message code }
  }
}
"""

LOOK_AT_CHECKOUT = """
query Look($id: ID!) {
  checkout(id: $id) {
    id voucherCode problems { __typename }
    lines { id quantity variant { id } }
    subtotalPrice { gross { amount } }
    shippingPrice { gross { amount } }
    totalPrice { gross { amount currency } }
    delivery { id shippingMethod { name price { amount } } }
  }
}
"""

SHIP_TO = """
mutation ShipTo($id: ID!, $address: AddressInput!) {
  checkoutShippingAddressUpdate(id: $id, shippingAddress: $address) {
    errors { field message code }
  }
  checkoutBillingAddressUpdate(id: $id, billingAddress: $address) {
    errors { field message code }
  }
}
"""

ADD_LINES = """
mutation AddLines($id: ID!, $lines: [CheckoutLineInput!]!) {
  checkoutLinesAdd(id: $id, lines: $lines) { errors { field message code } }
}
"""

UPDATE_LINES = """
mutation UpdateLines($id: ID!, $lines: [CheckoutLineUpdateInput!]!) {
  checkoutLinesUpdate(id: $id, lines: $lines) { errors { field message code } }
}
"""

ADD_CODE = """
mutation AddCode($id: ID!, $code: String!) {
  checkoutAddPromoCode(id: $id, promoCode: $code) { errors { field message code } }
}
"""

REMOVE_CODE = """
mutation RemoveCode($id: ID!, $code: String!) {
  checkoutRemovePromoCode(id: $id, promoCode: $code) { errors { field message code } }
}
"""

SIGN_IN = """
mutation SignIn($id: ID!) {
  checkoutCustomerAttach(id: $id) { errors { field message code } }
}
"""

PAY = """
mutation Pay($id: ID!, $transaction: TransactionCreateInput!) {
  transactionCreate(id: $id, transaction: $transaction) {
    transaction { id } errors { field message code }
  }
}
"""

COMPLETE = """
mutation Complete($id: ID!) {
  checkoutComplete(id: $id) { order { id number } errors { field message code } }
}
"""

ORDER = """
query Order($id: ID!) {
  order(id: $id) {
    id number status chargeStatus displayGrossPrices voucherCode shippingMethodName
    metadata { key value }
    discounts { type amount { amount } }
    shippingPrice { gross { amount } }
    total { gross { amount currency } net { amount } }
    totalRefunded { amount }
    lines {
      id quantity totalPrice { gross { amount } net { amount } }
      variant { id stocks { warehouse { id } } }
    }
    fulfillments { id status lines { id quantity orderLine { id } } }
    transactions { id chargedAmount { amount } }
  }
}
"""

FULFILL = """
mutation Fulfill($order: ID!, $input: OrderFulfillInput!) {
  orderFulfill(order: $order, input: $input) { errors { field message code } }
}
"""

RETURN = """
mutation Return($order: ID!, $input: OrderReturnProductsInput!) {
  orderFulfillmentReturnProducts(order: $order, input: $input) { errors { field message code } }
}
"""

REPORT = """
mutation Report(
  $id: ID!, $type: TransactionEventTypeEnum!, $amount: PositiveDecimal!, $psp: String!
) {
  transactionEventReport(id: $id, type: $type, amount: $amount, pspReference: $psp) {
    alreadyProcessed errors { field message code }
  }
}
"""

CANCEL = "mutation Cancel($id: ID!) { orderCancel(id: $id) { errors { field message code } } }"

CHANNEL = "query Channel($slug: String!) { channel(slug: $slug) { id } }"

CHANNEL_UPDATE = """
mutation ChannelUpdate($id: ID!, $input: ChannelUpdateInput!) {
  channelUpdate(id: $id, input: $input) { errors { field message code } }
}
"""

DRAFT = """
mutation Draft($input: DraftOrderCreateInput!) {
  draftOrderCreate(input: $input) {
    order { id shippingMethods { id price { amount } } } errors { field message code }
  }
}
"""

DRAFT_SHIPPING = """
mutation DraftShipping($id: ID!, $method: ID!) {
  orderUpdateShipping(order: $id, input: {shippingMethod: $method}) {
    errors { field message code }
  }
}
"""

DRAFT_COMPLETE = """
mutation DraftComplete($id: ID!) {
  draftOrderComplete(id: $id) { order { id } errors { field message code } }
}
"""

LOOK_AT_DRAFT = """
query LookAtDraft($id: ID!) {
  order(id: $id) { id status voucherCode total { gross { amount currency } } }
}
"""

STAFF_TOKEN_FOR_APP = "query Access($id: ID!) { app(id: $id) { accessToken } }"

VOUCHERS = """
query Vouchers($after: String) {
  vouchers(first: 100, after: $after) {
    edges { node { id name } } pageInfo { hasNextPage endCursor }
  }
}
"""

VOUCHER_CREATE = """
mutation VoucherCreate($input: VoucherInput!) {
  voucherCreate(input: $input) { voucher { id } errors { field message code } }
}
"""

VOUCHER_LISTING = """
mutation VoucherListing($id: ID!, $input: VoucherChannelListingInput!) {
  voucherChannelListingUpdate(id: $id, input: $input) { errors { field message code } }
}
"""

VOUCHER_DELETE = """
mutation VoucherDelete($id: ID!) { voucherDelete(id: $id) { errors { field message code } } }
"""

VOUCHER = """
query Voucher($id: ID!) { voucher(id: $id) { id endDate used } }
"""

PROMOTION_CREATE = """
mutation PromotionCreate($input: PromotionCreateInput!) {
  promotionCreate(input: $input) { promotion { id } errors { field message code } }
}
"""

PROMOTION_DELETE = """
mutation PromotionDelete($id: ID!) { promotionDelete(id: $id) { errors { field message code } } }
"""

ZONES = """
{ shippingZones(first: 50) { edges { node { id countries { code } channels { slug } } } } }
"""

METHOD_CREATE = """
mutation MethodCreate($input: ShippingPriceInput!) {
  shippingPriceCreate(input: $input) { shippingMethod { id } errors { field message code } }
}
"""

METHOD_LISTING = """
mutation MethodListing($id: ID!, $input: ShippingMethodChannelListingInput!) {
  shippingMethodChannelListingUpdate(id: $id, input: $input) { errors { field message code } }
}
"""

METHOD_DELETE = """
mutation MethodDelete($id: ID!) {
  shippingPriceDelete(id: $id) { errors { field message code } }
}
"""

SAY = """
mutation Say($id: ID!, $input: [MetadataInput!]!) {
  updateMetadata(id: $id, input: $input) { errors { field message code } }
}
"""

UNSAY = """
mutation Unsay($id: ID!, $keys: [String!]!) {
  deleteMetadata(id: $id, keys: $keys) { errors { field message code } }
}
"""

NOTE = """
mutation Note($id: ID!, $input: [MetadataInput!]!) {
  updatePrivateMetadata(id: $id, input: $input) { errors { field message code } }
}
"""

#: What anybody sees of the prices in a channel.
SHOWN = """
query Shown($channel: String!, $after: String) {
  products(first: 50, channel: $channel, after: $after) {
    edges { node { id slug pricing { displayGrossPrices } variants {
      id pricing {
        price { gross { amount } net { amount } }
        priceUndiscounted { gross { amount } net { amount } }
      }
    } } }
    pageInfo { hasNextPage endCursor }
  }
}
"""

PRICE = """
mutation Price($id: ID!, $input: [ProductVariantChannelListingAddInput!]!) {
  productVariantChannelListingUpdate(id: $id, input: $input) { errors { field message code } }
}
"""

PUBLISH = """
mutation Publish($id: ID!, $input: ProductChannelListingUpdateInput!) {
  productChannelListingUpdate(id: $id, input: $input) { errors { field message code } }
}
"""

LISTING = """
query Listing($product: ID!) {
  product(id: $product) {
    slug channelListings { channel { slug } isPublished publishedAt }
  }
}
"""

CATEGORY_CREATE = """
mutation CategoryCreate($input: CategoryInput!, $parent: ID) {
  categoryCreate(input: $input, parent: $parent) {
    category { id } errors { field message code }
  }
}
"""

CATEGORY_DELETE = """
mutation CategoryDelete($id: ID!) { categoryDelete(id: $id) { errors { field message code } } }
"""

CATEGORY_OF = "query CategoryOf($product: ID!) { product(id: $product) { category { id } } }"

PRODUCT_UPDATE = """
mutation ProductUpdate($id: ID!, $input: ProductInput!) {
  productUpdate(id: $id, input: $input) { errors { field message code } }
}
"""

COLLECTION_CREATE = """
mutation CollectionCreate($input: CollectionCreateInput!) {
  collectionCreate(input: $input) { collection { id } errors { field message code } }
}
"""

COLLECTION_DELETE = """
mutation CollectionDelete($id: ID!) {
  collectionDelete(id: $id) { errors { field message code } }
}
"""
