"""What the live suite asks of a real Saleor."""

TOKEN = """
mutation Token($email: String!, $password: String!) {
  tokenCreate(email: $email, password: $password) { token errors { field message code } }
}
"""

CATALOG = """
query Catalog($channel: String!) {
  products(first: 30, channel: $channel) {
    edges { node { name isAvailable productType { isShippingRequired kind } variants {
      id name quantityAvailable
      pricing { price { gross { amount currency } net { amount } } }
      stocks { warehouse { id } quantity }
    } } }
  }
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
query Find($email: String!) {
  customers(first: 1, filter: {search: $email}) { edges { node { id email isConfirmed } } }
}
"""

CONFIRM = """
mutation Confirm($id: ID!) {
  customerUpdate(id: $id, input: {isConfirmed: true}) { errors { field message code } }
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
  checkout(id: $id) { shippingMethods { id name active price { amount } } }
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
    id number status chargeStatus displayGrossPrices
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

DRAFT = """
mutation Draft($input: DraftOrderCreateInput!) {
  draftOrderCreate(input: $input) {
    order { id shippingMethods { id } } errors { field message code }
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
