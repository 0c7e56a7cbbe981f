"""Imported last: what each life would find out anew is known, and no collection looks at it."""

import gc

import uvicorn.lifespan.on
import uvicorn.loops.auto
import uvicorn.protocols.http.auto  # noqa: F401

from saleor_loyalty_app import cli
from saleor_loyalty_app.api.components.files import component_files
from saleor_loyalty_app.db import migrate
from saleor_loyalty_app.saleor.network import trusted
from sandbox import wire

cli.command()
component_files()
trusted()
wire.trusted()
migrate.head()
migrate.load_tables()

gc.collect()
gc.freeze()
