"""The storefront asks which goods of early access its shopper may buy, and is told why not."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.programs.models import ProgramRevision
from saleor_loyalty_app.segments.models import SegmentMember
from sandbox.box import id_of
from tests.factories import make_revision
from tests.integration.api.spending_scene import STOREFRONT, SpendingScene
from tests.signing import SigningKey

_revisions, _rows = table(ProgramRevision), table(SegmentMember)
VIP = {"id": "vip", "names": {"en": "VIP"}, "rule": {"type": "orders", "min": 9}}


@pytest.fixture
def scene(database: Database, key: SigningKey) -> Iterator[SpendingScene]:
    """A shop whose shopper has points, and so is a member; its program has a segment."""
    made = SpendingScene(database, key, limits={})
    made.stage.give(100)
    store = made.stage.store.id

    def write(conn: sa.Connection) -> None:
        newest = sa.select(_revisions.c.document).order_by(_revisions.c.id.desc()).limit(1)
        document = dict(conn.execute(newest).scalar_one()) | {"segments": [VIP]}
        make_revision(conn, store, document, effective_from=made.edge.clock())

    database.write(write)
    yield made
    made.close()


def test_each_product_is_told_with_why_and_what_is_not_there_is_told_too(
    scene: SpendingScene,
) -> None:
    products = list(scene.stage.box.store.products.values())
    kept, free = products[0], products[1]
    kept.metadata |= {"loyalty_access": "vip", "loyalty_access_until": "2099-12-01"}
    path = f"{STOREFRONT}/me/access?products={kept.slug},{id_of(free)},no-such"
    told = scene.edge.get(path, scene.headers()).json()
    closed, open_to_all = told["items"]
    assert (closed["product"], closed["entitled"], closed["code"]) == (kept.slug, False, "closed")
    assert closed["reason"] == "Kept for VIP until Dec 1, 2099."
    assert closed["opens_at"].startswith("2099-")
    assert (open_to_all["entitled"], open_to_all["code"]) == (True, "open")
    assert told["missing"] == ["no-such"]

    def come_in(conn: sa.Connection) -> None:
        member = conn.execute(sa.text("SELECT id FROM member")).scalars().first()
        conn.execute(
            sa.insert(_rows).values(
                store_id=scene.stage.store.id,
                member_id=member,
                segment="vip",
                since=scene.edge.clock(),
                why=[],
            )
        )

    scene.edge.database.write(come_in)
    turkish = scene.headers(**{"Accept-Language": "tr"})
    [mine] = scene.edge.get(f"{STOREFRONT}/me/access?products={kept.slug}", turkish).json()["items"]
    assert (mine["entitled"], mine["code"]) == (True, "segment")
    assert mine["reason"].startswith("Bunu şimdiden satın alabilirsiniz")
    kept.metadata.clear()
    [again] = scene.edge.get(f"{STOREFRONT}/me/access?products={kept.slug}", turkish).json()[
        "items"
    ]
    assert again["code"] == "segment", "what a product says is remembered for a minute"
    scene.stage.box.clock.advance(timedelta(seconds=61))
    headers = scene.headers()
    [later] = scene.edge.get(f"{STOREFRONT}/me/access?products={kept.slug}", headers).json()[
        "items"
    ]
    assert later["code"] == "open"
    assert scene.edge.get(f"{STOREFRONT}/me/access?products=", headers).status_code == 422
    assert scene.edge.get(f"{STOREFRONT}/me/access?products=a", {}).status_code == 401
