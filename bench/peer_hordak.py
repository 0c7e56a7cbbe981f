"""The peer: django-hordak's `transfer_to`, a double-entry ledger in the same language and database.

Run as a process of its own, so that Django's settings stay out of ours:

    python -m bench.peer_hordak DATABASE_URL THREADS SECONDS

prints one JSON line with the transfers a second. Each thread moves money between accounts of its
own, so that no two of them wait for the same row: hordak at its best.
"""

import json
import sys
import threading
import time
from urllib.parse import parse_qsl, urlsplit

ACCOUNTS_PER_THREAD = 20


def configure(url: str) -> None:
    """Points Django at the database and makes hordak's tables."""
    import django
    from django.conf import settings
    from django.core.management import call_command

    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    settings.configure(
        INSTALLED_APPS=[
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "mptt",
            "hordak",
        ],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": parts.path.lstrip("/"),
                "USER": parts.username or "",
                "PASSWORD": parts.password or "",
                "HOST": query.get("host") or parts.hostname or "",
                "PORT": str(parts.port or ""),
                "CONN_MAX_AGE": None,
            }
        },
        DEFAULT_CURRENCY="EUR",
        CURRENCIES=["EUR"],
        HORDAK_DECIMAL_PLACES=2,
        HORDAK_MAX_DIGITS=13,
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        SECRET_KEY="bench",
        USE_TZ=True,
    )
    django.setup()
    call_command("migrate", verbosity=0)


def run(threads: int, seconds: float) -> float:
    """Transfers a second of all threads together."""
    from hordak.models import Account
    from moneyed import Money

    def account(name: str) -> Account:
        return Account.objects.create(name=name, type="AS", currencies=["EUR"])

    accounts = [
        [account(f"{thread}-{number}") for number in range(ACCOUNTS_PER_THREAD)]
        for thread in range(threads)
    ]
    done = [0] * threads
    start = threading.Barrier(threads + 1)
    end = threading.Event()

    def work(thread: int) -> None:
        from django.db import connection

        own = accounts[thread]
        connection.ensure_connection()
        start.wait()
        number = 0
        while not end.is_set():
            own[number % len(own)].transfer_to(own[(number + 1) % len(own)], Money(1, "EUR"))
            number += 1
        done[thread] = number
        connection.close()

    workers = [threading.Thread(target=work, args=(thread,)) for thread in range(threads)]
    for worker in workers:
        worker.start()
    start.wait()
    began = time.perf_counter()
    time.sleep(seconds)
    end.set()
    for worker in workers:
        worker.join()
    return sum(done) / (time.perf_counter() - began)


def main() -> None:
    """Measures and prints."""
    url, threads, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    configure(url)
    print(json.dumps({"per_second": run(threads, seconds)}))


if __name__ == "__main__":
    main()
