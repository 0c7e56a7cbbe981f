"""The sweep: what is due in every store, whatever became of the others."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx
import sqlalchemy as sa
from pydantic import SecretStr

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.handlers import CORE_HANDLERS
from saleor_loyalty_app.saleor.network import trusted
from saleor_loyalty_app.services import open_services
from saleor_loyalty_app.settings import Environment, Settings
from saleor_loyalty_app.stores.models import Store
from saleor_loyalty_app.tasks.background import Background
from saleor_loyalty_app.tasks.redemption_tasks import PAGE, drive_redemptions, schedules
from tests.order_books import KEYS
from tests.redemption_stage import SECRET, Stage

HOUR = timedelta(hours=1)


def sweep(stage: Stage) -> bool:
    """One run of the schedule, with the services of a whole process."""
    settings = Settings(
        _env_file=None,
        environment=Environment.test,
        secret_key=(SecretStr(SECRET),),
        app_url="http://127.0.0.1:8200",
        allowed_stores=("127.0.0.1",),
    )
    services = open_services(
        settings,
        stage.database,
        clock=stage.box.clock.now,
        handlers=CORE_HANDLERS,
        http=httpx.Client(transport=httpx.MockTransport(stage.network)),
    )
    with ThreadPoolExecutor(2) as threads:
        return drive_redemptions(Background(services, threads, KEYS))


def change_store(stage: Stage, **values: object) -> None:
    stores = table(Store)
    stage.database.write(lambda conn: conn.execute(sa.update(stores).values(values)))


def test_what_is_due_is_driven_and_nothing_else(stage: Stage) -> None:
    late, early = stage.spend(stage.cart(), 300), stage.bearer(200)
    stage.box.clock.advance(HOUR)
    assert sweep(stage) is False
    assert [stage.read(one).state for one in (late, early)] == ["expired", "issued"]


def test_switched_off_spending_is_brought_to_its_end(stage: Stage) -> None:
    made = stage.spend(stage.cart())
    change_store(stage, spending_on=False)
    stage.box.clock.advance(HOUR)
    sweep(stage)
    assert stage.read(made).state == "expired"


def test_an_uninstalled_store_is_left_alone_until_it_is_back(stage: Stage) -> None:
    made = stage.spend(stage.cart())
    change_store(stage, active=False)
    stage.box.clock.advance(HOUR)
    stage.network.operations.clear()
    sweep(stage)
    assert (stage.read(made).state, stage.network.operations) == ("attached", [])
    change_store(stage, active=True)
    sweep(stage)
    assert stage.read(made).state == "expired"


def test_a_full_page_says_that_more_is_waiting(stage: Stage) -> None:
    made = [stage.bearer(10) for _ in range(PAGE + 1)]
    stage.box.clock.advance(timedelta(days=14))
    assert sweep(stage) is True
    assert sweep(stage) is False
    assert {stage.read(one).state for one in made} == {"expired"}
    assert stage.points() == (2000, 0)


def test_it_is_on_the_timetable_every_two_seconds(stage: Stage) -> None:
    services = open_services(
        Settings(
            _env_file=None,
            environment=Environment.test,
            secret_key=(SecretStr(SECRET),),
            app_url="http://127.0.0.1:8200",
        ),
        stage.database,
        clock=stage.box.clock.now,
        handlers=CORE_HANDLERS,
        http=httpx.Client(verify=trusted()),
    )
    with ThreadPoolExecutor(1) as threads:
        [schedule] = schedules(Background(services, threads, KEYS))
    assert (schedule.name, schedule.every) == ("drive_redemptions", timedelta(seconds=2))
