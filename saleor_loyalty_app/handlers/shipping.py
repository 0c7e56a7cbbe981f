"""Shipping methods: Saleor asks which there are besides its own, and which of all to leave out."""

from saleor_loyalty_app.flows.offer_shipping import filter_methods, list_methods
from saleor_loyalty_app.flows.sync_handler import SyncHandler

SHIPPING_METHODS = SyncHandler(
    name="shipping-methods",
    event="SHIPPING_LIST_METHODS_FOR_CHECKOUT",
    document="shipping_list_methods",
    older_document="shipping_list_methods_3_22",
    answer=list_methods,
)

SHIPPING_FILTER = SyncHandler(
    name="shipping-filter",
    event="CHECKOUT_FILTER_SHIPPING_METHODS",
    document="checkout_filter_methods",
    answer=filter_methods,
)
