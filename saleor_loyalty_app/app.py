"""The web application: all faces of one process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from saleor_loyalty_app import __version__, log
from saleor_loyalty_app.api import errors
from saleor_loyalty_app.api.components import router as components
from saleor_loyalty_app.api.context import Faces
from saleor_loyalty_app.api.cross_origin import StorefrontOrigins
from saleor_loyalty_app.api.dashboard.router import router as dashboard
from saleor_loyalty_app.api.gate import Gate
from saleor_loyalty_app.api.health import Health
from saleor_loyalty_app.api.origin_book import OriginBook
from saleor_loyalty_app.api.partner.router import router as partner
from saleor_loyalty_app.api.rewards.router import router as rewards
from saleor_loyalty_app.api.routing import put_together
from saleor_loyalty_app.api.saleor import manifest, pages, register
from saleor_loyalty_app.api.saleor.sync_webhooks import Answering, build_sync_routes
from saleor_loyalty_app.api.saleor.tenants import Tenants
from saleor_loyalty_app.api.saleor.webhooks import Intake, build_routes
from saleor_loyalty_app.api.saleor_calls import SaleorCalls
from saleor_loyalty_app.api.shopper_tokens import ShopperTokens
from saleor_loyalty_app.api.storefront.router import router as storefront
from saleor_loyalty_app.api.unsubscribe import router as unsubscribe
from saleor_loyalty_app.flows.replay_inbox import Replay
from saleor_loyalty_app.process import Process, open_process
from saleor_loyalty_app.queue import Worker
from saleor_loyalty_app.queue.failed import FailedJobs
from saleor_loyalty_app.settings import Settings, load_settings
from saleor_loyalty_app.tasks import timetable

#: A shopper who asks something that needs Saleor is kept waiting this long at most.
LONGEST_ANSWER_SECONDS = 10.0
_log = log.get(__name__)


def create_app(settings: Settings | None = None, *, with_worker: bool = False) -> FastAPI:
    """The application, ready to be served.

    Args:
        settings: those of the environment unless given.
        with_worker: also run jobs and schedules in this process.

    Raises:
        SettingsInvalid, DatabaseUnreachable, DatabaseNotMigrated.
    """
    process = open_process(settings or load_settings())
    worker = process.new_worker() if with_worker else None
    return build_app(process, worker)


def build_app(process: Process, worker: Worker | None) -> FastAPI:
    """The application around a process that is open; it closes the process when it ends."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        if worker is not None:
            await run_in_threadpool(worker.start)
        _log.info("app_started", version=__version__)
        try:
            yield
        finally:
            if worker is not None:
                await run_in_threadpool(worker.stop)
            await run_in_threadpool(process.close)
            _log.info("app_stopped", version=__version__)

    app = FastAPI(
        title="Saleor Loyalty",
        version=__version__,
        summary="Points for the customers of Saleor stores.",
        docs_url="/api/docs",
        redoc_url=None,
        openapi_url="/api/openapi.json",
        lifespan=lifespan,
    )
    tenants = Tenants(
        process.database,
        clock=process.clock,
        refresh=process.services.keys.refresh,
        saleor_threads=process.threads,
    )
    app.state.services = process.services
    app.state.faces = Faces(
        process.database,
        process.clock,
        tenants,
        gate=Gate(process.limiter, process.settings),
        calls=SaleorCalls(
            process.checkout_threads,
            size=process.settings.checkout_threads,
            patience=LONGEST_ANSWER_SECONDS,
        ),
        access=process.services.access,
        spender=process.services.spender,
        shopper_tokens=ShopperTokens(process.settings.secrets),
        email_keys=process.email_keys,
        public_url=process.settings.browser_url,
        outbound=process.services.outbound,
        replay=Replay(
            process.database,
            process.registry.handlers,
            process.registry.plugin_handlers,
            process.email_keys,
        ),
        failed_jobs=FailedJobs(
            process.database,
            [
                job.name
                for job in timetable.jobs(process.background, process.registry.plugin_handlers)
            ],
        ),
        settings=process.settings,
    )
    errors.install(app)
    app.add_middleware(StorefrontOrigins, book=OriginBook(process.database, process.clock))
    token = process.settings.metrics_token
    # Routes are tried in turn: those for whose answer a shopper waits come first.
    app.router.routes[:0] = build_sync_routes(
        process.registry.sync_handlers, Answering(process.database, tenants, process.clock)
    )
    app.router.routes.extend(
        [
            *build_routes(
                process.registry.handlers,
                Intake(process.database, tenants, process.clock, process.email_keys),
            ),
            *Health(
                process.database,
                (lambda: None) if worker is None else (lambda: worker.alive),
                token.get_secret_value() if token else "",
                process.registry.plugins,
                process.registry.broken,
            ).routes(),
        ]
    )
    settings = process.settings
    together = put_together(
        (
            manifest.build_router(
                process.registry.webhooks,
                app_url=settings.app_url,
                browser_url=settings.browser_url,
            ),
            register.build_router(process.services.installer, process.threads),
            pages.build_router(settings),
            storefront,
            rewards,
            components.build_router(),
            unsubscribe,
            dashboard,
            partner,
        )
    )
    app.router.routes.extend(together.routes)
    return app
