"""A store in a box with many shoppers: `python -m bench.town PORT PEOPLE MAIL_PORT`."""

import sys

import uvicorn

from sandbox.http.app import create_app
from sandbox.http.service import Service
from sandbox.model.customers import add_user
from sandbox.model.ids import global_id

PASSWORD = "password"
CHANNEL = "default-channel"


def email_of(number: int) -> str:
    """The address of a shopper by number, from 0."""
    return f"shopper{number}@example.com"


def settle(service: Service, people: int) -> list[str]:
    """So many shoppers move in, and nobody is told; gives Saleor's ids of them."""
    with service.box.lock:
        users = [
            add_user(
                service.box.store,
                email_of(number),
                password=PASSWORD,
                first_name=f"Shopper {number}",
                is_confirmed=True,
            )
            for number in range(people)
        ]
    return [global_id("User", user.pk) for user in users]


def main() -> None:
    """Serves the store and, at the other port, takes the mail of everybody."""
    port, people, mail = (int(one) for one in sys.argv[1:])
    app = create_app(api_url=f"http://127.0.0.1:{port}/graphql/", mail_port=mail)
    settle(app.state.service, people)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    main()
