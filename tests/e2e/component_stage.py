"""A page of a shop with the components, and an app that answers as a test says.

Nothing is listened on: the browser's requests are answered here, with the files that the app
serves. So what a slow, failing or unwilling app does to a page can be seen in a moment.
"""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, Route

from saleor_loyalty_app.api.components.files import component_files

SHOP, APP = "https://shop.example.com", "https://loyalty.example.com"
CHECKOUT = "Q2hlY2tvdXQ6MQ=="
POLICY = (
    f"default-src 'none'; script-src {APP}; connect-src 'self' {APP}; style-src {SHOP}/shop.css; "
    "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
)
NAMES = {
    "en": {"name": "Points program", "point_name": "point", "points_name": "points"},
    "tr": {"name": "Puan programı", "point_name": "puan", "points_name": "puan"},
}
Answer = dict[str, Any] | Callable[[Route], None]


class Stage:
    """The page and the app behind it.

    `answers` are the app's by method and path, "GET me"; what is not there is answered by the
    samples below. `asked` are the requests in their order.
    """

    def __init__(self, page: Page, *, language: str, currency: str = "USD") -> None:
        self.page, self.language, self.currency = page, language, currency
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        self.headers: dict[str, dict[str, str]] = {}
        self.token: str | None = "T1"
        self.redemption: dict[str, Any] | None = None
        page.route("**/*", self._serve)

    def show(self, *elements: str, css: str = "") -> None:
        """Opens the page with these elements, which get the usual attributes."""
        self._body = "\n".join(elements)
        self._css = css
        self.page.goto(f"{SHOP}/")

    def element(self, name: str, more: str = "") -> str:
        """A component with what it needs."""
        return (
            f'<loyalty-{name} store="shop.example.com" channel="web" '
            f'token-endpoint="/loyalty-token" checkout="{CHECKOUT}" {more}></loyalty-{name}>'
        )

    def say(self, code: str, message: str, status: int = 409, **detail: Any) -> dict[str, Any]:
        """A refusal of the app."""
        return {
            "status": status,
            "body": {"error": {"code": code, "message": message, "detail": detail}},
        }

    def money(self, amount: str) -> dict[str, str]:
        """An amount in the currency of the page."""
        return {"amount": amount, "currency": self.currency}

    def _serve(self, route: Route) -> None:
        url = urlsplit(route.request.url)
        if route.request.url.startswith(f"{APP}/storefront/v1/"):
            file = component_files()[url.path.rsplit("/", 1)[1]]
            route.fulfill(
                body=file.content,
                headers={"Content-Type": "text/javascript", "Access-Control-Allow-Origin": "*"},
            )
        elif route.request.url.startswith(f"{APP}/"):
            self._answer(route, url.path.removeprefix("/api/storefront/v1/"))
        elif url.path == "/loyalty-token":
            self.asked.append("POST token")
            answer = {"token": self.token}
            route.fulfill(json=answer, status=200 if self.token else 401)
        elif url.path == "/shop.css":
            route.fulfill(body=self._css, content_type="text/css")
        else:
            route.fulfill(
                body=self._page(),
                headers={"Content-Type": "text/html", "Content-Security-Policy": POLICY},
            )

    def _page(self) -> str:
        file = component_files()["loyalty.js"]
        return f"""<!doctype html>
<html lang="{self.language}"><head><meta charset="utf-8"><title>Shop</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/shop.css">
<script async type="module" src="{APP}{file.path}" integrity="{file.integrity}"
  crossorigin="anonymous"></script></head>
<body><main><h1>Shop</h1>{self._body}<p id="after">…</p></main></body></html>"""

    def _answer(self, route: Route, path: str) -> None:
        cors = {
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Allow-Headers": "*, Authorization",
            "Access-Control-Allow-Methods": "*, PUT, DELETE",
            "Access-Control-Expose-Headers": "Retry-After",
        }
        if route.request.method == "OPTIONS":
            route.fulfill(status=204, headers=cors)
            return
        name = f"{route.request.method} {path}"
        self.asked.append(name)
        self.headers[name] = route.request.headers
        answer = self.answers.get(name, None)
        if callable(answer):
            answer(route)
            return
        told = answer or {"body": self.sample(name)}
        if "body" in told and told["body"] is None:
            told = self.say("not_found", "There is nothing here.", 404)
        route.fulfill(
            status=told.get("status", 200),
            headers={**cors, **told.get("headers", {}), "Content-Type": "application/json"},
            body=json.dumps(told["body"]),
        )

    def sample(self, name: str) -> Any:
        """What the app answers where a test says nothing else."""
        samples: dict[str, Callable[[], Any]] = {
            "GET program": self._program,
            "GET me": self._me,
            "GET me/history": self._history,
            "GET me/preferences": self._preferences,
            f"GET checkouts/{CHECKOUT.replace('=', '%3D')}": self.checkout,
            "GET estimate": self.estimate,
        }
        return samples[name]() if name in samples else None

    def _words(self, english: str, turkish: str) -> str:
        return turkish if self.language == "tr" else english

    def _program(self) -> Any:
        return {
            "program": NAMES[self.language],
            "rules": [
                {
                    "id": "purchases",
                    "name": self._words("Every purchase", "Her alışveriş"),
                    "gives": self._words("points at the channel’s rate", "kanalın oranında puan"),
                    "when": None,
                }
            ],
            "available": self._words("14 days after the fulfillment", "gönderimden 14 gün sonra"),
            "expiry": self._words("after 12 months", "12 ay sonra"),
            "channels": [
                {
                    "channel": "web",
                    "currency": self.currency,
                    "earn": {
                        "points": 1,
                        "amount": "1",
                        "currency": self.currency,
                        "text": self._words("1 point per $1.00", "her ₺1,00 için 1 puan"),
                    },
                    "worth": {
                        "points": 1,
                        "amount": "0.02",
                        "currency": self.currency,
                        "text": self._words("1 point is worth $0.02", "1 puan ₺0,02 değerinde"),
                    },
                    "spending": {
                        "minimum_points": 50,
                        "step": 1,
                        "maximum_share": 50,
                        "minimum_order": self.money("20.00"),
                        "hold_minutes": 60,
                    },
                    "shipping": [],
                }
            ],
        }

    def _me(self) -> Any:
        return {
            "program": NAMES[self.language],
            "member_since": "2027-01-04T09:30:00Z",
            "points": {
                "available": 568,
                "pending": 45,
                "held": 0,
                "lifetime": 1613,
                "worth": self.money("11.36"),
                "expiring": [
                    {"amount": 500, "expires_at": "2028-01-31T12:00:00Z"},
                    {"amount": 113, "expires_at": "2028-02-29T12:00:00Z"},
                ],
            },
            "status_points": None,
        }

    def _history(self) -> Any:
        def entry(number: int, kind: str, amount: int, state: str, *lines: str) -> Any:
            return {
                "id": f"entry-{number}",
                "kind": kind,
                "amount": amount,
                "state": state,
                "time": "2027-01-18T09:30:00Z",
                "order_number": "17",
                "reason": "order_earned",
                "explanation": list(lines),
                "available_from": "2027-02-01T09:30:00Z",
                "expires_at": "2028-01-31T12:00:00Z" if amount > 0 else None,
            }

        earned = self._words(
            "Order 17 earned 45 points.", "17 numaralı sipariş 45 puan kazandırdı."
        )
        why = self._words("1 × shirt: $45.00", "1 × gömlek: ₺45,00")
        spent = self._words("250 points paid for order 16.", "16 numaralı siparişte 250 puan.")
        return {
            "entries": [
                entry(2, "earn", 45, "pending", earned, why),
                entry(1, "redeem", -250, "booked", spent),
            ],
            "page_info": {"has_next_page": False, "end_cursor": "c1"},
        }

    def _preferences(self) -> Any:
        no = {"granted": False, "at": None, "source": "", "text_version": ""}
        return {
            "language": self.language,
            "languages": ["en", "tr"],
            "news": {"email": True, "sms": False},
            "offers": {"email": no, "sms": no},
        }

    def estimate(self) -> Any:
        """What the app tells of a product."""
        return {
            "program": NAMES[self.language],
            "channel": "web",
            "currency": self.currency,
            "points": 149,
            "worth": None,
            "tier": None,
            "steps": [],
            "shipping": [],
            "not_judged": [],
            "shipping_not_judged": [],
            "approximate": False,
        }

    def checkout(self) -> Any:
        """What the app tells of the cart."""
        return {
            "id": CHECKOUT,
            "channel": "web",
            "currency": self.currency,
            "earning": {"points": 75, "hints": [self._words("Bonus: $5 more", "Bonus: ₺5 kaldı")]},
            "shipping": [
                {
                    "id": "free",
                    "name": self._words("Free shipping", "Ücretsiz kargo"),
                    "price": self.money("0.00"),
                    "threshold": self.money("100.00"),
                    "missing": self.money("25.00"),
                },
                {
                    "id": "express",
                    "name": self._words("Express", "Ekspres"),
                    "price": self.money("9.00"),
                    "threshold": self.money("50.00"),
                    "missing": self.money("0.00"),
                },
            ],
            "spending": {
                "available": 568,
                "most_points": 568,
                "most_discount": self.money("11.36"),
                "minimum_points": 50,
                "step": 1,
                "refusal": None,
                "redemption": self.redemption,
            },
        }

    def redeemed(self, state: str = "attached", points: int = 250, **more: Any) -> dict[str, Any]:
        """A redemption on the cart."""
        return {
            "id": "rd_1",
            "state": state,
            "points": points,
            "restored": 0,
            "code": "LQ7KX2MWR9TB4CVE" if state == "attached" else None,
            "discount": self.money("5.00"),
            "checkout_id": CHECKOUT,
            "order_id": None,
            "created_at": "2027-01-04T09:30:00Z",
            "expires_at": "2027-01-04T10:30:00Z",
            "ending": None,
            "error": None,
            **more,
        }
