"""Mutations of checkouts."""

from __future__ import annotations

from typing import Any

from sandbox.model import checkouts
from sandbox.model.checkouts import Checkout, LineRequest
from sandbox.model.completion import complete_checkout
from sandbox.model.customers import make_address
from sandbox.model.delivery_choice import calculate_deliveries, choose_delivery
from sandbox.model.errors import PermissionDenied, Refused
from sandbox.model.orders import Order
from sandbox.schema.mutation import Payload, mutation
from sandbox.schema.nodes import need_node, pk_of
from sandbox.schema.request import Info, Resolvers, caller_of, store_of


def _checkout(info: Info, id_: str | None) -> Checkout:
    found: Checkout = need_node(store_of(info), id_, "Checkout")
    return found


def _requests(
    info: Info, lines: list[dict[str, Any]], checkout: Checkout | None = None
) -> list[LineRequest]:
    store = store_of(info)
    wanted = []
    for line in lines:
        variant_id, line_id = line.get("variant_id"), line.get("line_id")
        existing = None
        if line_id is not None and checkout is not None:
            pk = pk_of(line_id)
            existing = next((each for each in checkout.lines if each.pk == pk), None)
            if existing is None:
                raise Refused("NOT_FOUND", f"Couldn't resolve to a node: {line_id}", "lineId")
        variant = (
            need_node(store, variant_id, "ProductVariant", field="variantId")
            if variant_id
            else None
        )
        wanted.append(
            LineRequest(
                variant=variant,
                quantity=line.get("quantity"),
                line=existing,
                price=line.get("price"),
                price_reason=line.get("price_override_reason"),
                force_new_line=bool(line.get("force_new_line")),
                metadata=line.get("metadata") or {},
            )
        )
    return wanted


def _create(info: Info, input_: dict[str, Any]) -> Payload:
    store = store_of(info)
    slug = input_.get("channel")
    channel = store.channel_by_slug(slug) if slug else next(iter(store.channels.values()))
    if channel is None:
        raise Refused("NOT_FOUND", f"Channel with '{slug}' slug does not exist.", "channel")
    lines = _requests(info, input_["lines"])
    checkout = checkouts.create_checkout(store, caller_of(info), channel, lines, input_)
    return {"checkout": checkout, "created": True}


def _lines_add(info: Info, lines: list[Any], id_: str | None = None) -> Payload:
    checkout = _checkout(info, id_)
    checkouts.add_lines(store_of(info), caller_of(info), checkout, _requests(info, lines))
    return {"checkout": checkout}


def _lines_update(info: Info, lines: list[Any], id_: str | None = None) -> Payload:
    checkout = _checkout(info, id_)
    wanted = _requests(info, lines, checkout)
    checkouts.update_lines(store_of(info), caller_of(info), checkout, wanted)
    return {"checkout": checkout}


def _lines_delete(info: Info, lines_ids: list[str], id_: str | None = None) -> Payload:
    checkout = _checkout(info, id_)
    pks = {pk_of(each) for each in lines_ids}
    chosen = [line for line in checkout.lines if line.pk in pks]
    if len(chosen) < len(pks):
        raise Refused("NOT_FOUND", "Could not find some of the lines.", "linesIds")
    checkouts.remove_lines(store_of(info), caller_of(info), checkout, chosen)
    return {"checkout": checkout}


def _shipping_address(
    info: Info, shipping_address: dict[str, Any], id_: str | None = None, **_: Any
) -> Payload:
    checkout = _checkout(info, id_)
    store = store_of(info)
    address = make_address(store, shipping_address)
    checkouts.set_shipping_address(store, caller_of(info), checkout, address)
    return {"checkout": checkout}


def _billing_address(
    info: Info, billing_address: dict[str, Any], id_: str | None = None, **_: Any
) -> Payload:
    checkout = _checkout(info, id_)
    checkout.billing_address = make_address(store_of(info), billing_address)
    checkouts.mark_updated(store_of(info), caller_of(info), checkout, recalculate_discount=False)
    return {"checkout": checkout}


def _email(info: Info, email: str, id_: str | None = None) -> Payload:
    checkout = _checkout(info, id_)
    checkout.email = email
    checkouts.mark_updated(store_of(info), caller_of(info), checkout, recalculate_discount=False)
    return {"checkout": checkout}


def _attach(info: Info, id_: str | None = None, customer_id: str | None = None) -> Payload:
    store, caller = store_of(info), caller_of(info)
    user = caller.user
    if customer_id is not None:
        user = need_node(store, customer_id, "User", field="customerId")
    if user is None:
        raise PermissionDenied("AUTHENTICATED_APP", "AUTHENTICATED_USER")
    checkout = _checkout(info, id_)
    checkouts.attach_customer(store, caller, checkout, user)
    return {"checkout": checkout}


def _detach(info: Info, id_: str | None = None) -> Payload:
    checkout = _checkout(info, id_)
    checkouts.detach_customer(store_of(info), caller_of(info), checkout)
    return {"checkout": checkout}


def _delivery_method(
    info: Info, id_: str | None = None, delivery_method_id: str | None = None
) -> Payload:
    store, caller, checkout = store_of(info), caller_of(info), _checkout(info, id_)
    if choose_delivery(store, caller, checkout, delivery_method_id):
        checkouts.mark_updated(store, caller, checkout)
    return {"checkout": checkout}


def _calculate_deliveries(info: Info, id_: str) -> Payload:
    checkout = _checkout(info, id_)
    return {"deliveries": calculate_deliveries(store_of(info), caller_of(info), checkout)}


def _complete(
    info: Info,
    id_: str | None = None,
    metadata: dict[str, str] | None = None,
    redirect_url: str | None = None,
    **_: Any,
) -> Payload:
    """A second completion answers with the order of the first."""
    store = store_of(info)
    done = _order_of(info, id_)
    if done is not None:
        return {"order": done}
    checkout = _checkout(info, id_)
    checkout.redirect_url = redirect_url or checkout.redirect_url
    return {"order": complete_checkout(store, caller_of(info), checkout, metadata or {})}


def _order_of(info: Info, id_: str | None) -> Order | None:
    pk = pk_of(id_ or "")
    return next((o for o in store_of(info).orders.values() if o.checkout_token == pk), None)


CHECKOUT_MUTATIONS: Resolvers = {
    "Mutation": {
        "checkoutCreate": mutation(_create),
        "checkoutLinesAdd": mutation(_lines_add),
        "checkoutLinesUpdate": mutation(_lines_update),
        "checkoutLinesDelete": mutation(_lines_delete),
        "checkoutShippingAddressUpdate": mutation(_shipping_address),
        "checkoutBillingAddressUpdate": mutation(_billing_address),
        "checkoutEmailUpdate": mutation(_email),
        "checkoutCustomerAttach": mutation(_attach),
        "checkoutCustomerDetach": mutation(_detach),
        "checkoutDeliveryMethodUpdate": mutation(_delivery_method),
        "deliveryOptionsCalculate": mutation(_calculate_deliveries),
        "checkoutComplete": mutation(_complete),
    }
}
