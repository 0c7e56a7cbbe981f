"""The failures of programs."""

from saleor_loyalty_app.errors import AppError


class ProgramInvalid(AppError):
    """The document has errors; `detail.problems` lists them with code, path and arguments."""

    code = "program_invalid"
    status = 422


class NoDraft(AppError):
    """The store has no draft to publish."""

    code = "no_program_draft"
    status = 404


class RevisionNotFound(AppError):
    """The store has no revision with this number."""

    code = "program_revision_not_found"
    status = 404


class RevisionUnreadable(AppError):
    """What was published cannot be read: by a later version of the app, or it was changed since."""

    code = "program_revision_unreadable"
    status = 503


class RevisionNotScheduled(AppError):
    """Only a revision that is still to come can be called off."""

    code = "program_revision_not_scheduled"
    status = 409


class DraftOverwritten(AppError):
    """Somebody saved the draft meanwhile; `detail` has both documents and what differs."""

    code = "program_draft_overwritten"
    status = 409


class EffectiveInPast(AppError):
    """A program cannot come into force before now: what was decided stays decided."""

    code = "program_effective_in_past"
    status = 422


class EffectiveTooFar(AppError):
    """A program cannot be scheduled so far ahead."""

    code = "program_effective_too_far"
    status = 422


class EffectiveWithoutZone(AppError):
    """The time at which a program is to come into force names no time zone."""

    code = "program_effective_without_zone"
    status = 422
