"""Work in the background: durable jobs, schedules on the app's clock, and who is alive to do it.

A job is enqueued in the caller's own transaction (`enqueue`) and runs at least once, in any worker.
A schedule is a row that says when it is due; whoever leases the row runs it. DBOS Transact runs the
jobs and is imported nowhere else.
"""

from saleor_loyalty_app.queue.jobs import BoundJob, Job, bind, enqueue
from saleor_loyalty_app.queue.schedules import Schedule
from saleor_loyalty_app.queue.worker import Worker, WorkerOptions

__all__ = ["BoundJob", "Job", "Schedule", "Worker", "WorkerOptions", "bind", "enqueue"]
