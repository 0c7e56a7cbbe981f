"""Failures of the campaigns' room."""

from typing import ClassVar

from saleor_loyalty_app.errors import AppError


class CampaignUnknown(AppError):
    """The store has no such campaign."""

    code: ClassVar[str] = "campaign_unknown"
    status: ClassVar[int] = 404


class CampaignInvalid(AppError):
    """The terms have problems; the detail lists them, each with its path."""

    code: ClassVar[str] = "campaign_invalid"
    status: ClassVar[int] = 422


class CampaignChanged(AppError):
    """Somebody else changed the campaign meanwhile; the detail has the version there is."""

    code: ClassVar[str] = "campaign_changed"
    status: ClassVar[int] = 409


class CampaignFixed(AppError):
    """It was scheduled: what was promised stays; the detail names what would change."""

    code: ClassVar[str] = "campaign_fixed"
    status: ClassVar[int] = 409


class CampaignStateUnfit(AppError):
    """In its state this cannot be done; the detail has the state."""

    code: ClassVar[str] = "campaign_state_unfit"
    status: ClassVar[int] = 409


class CampaignCodeUnknown(AppError):
    """The campaign has no such code."""

    code: ClassVar[str] = "campaign_code_unknown"
    status: ClassVar[int] = 404


class CampaignCodeTaken(AppError):
    """Another campaign of the store has this code."""

    code: ClassVar[str] = "campaign_code_taken"
    status: ClassVar[int] = 409


class CampaignWithoutCodes(AppError):
    """It multiplies points: there are no codes to make."""

    code: ClassVar[str] = "campaign_without_codes"
    status: ClassVar[int] = 409


class CampaignElsewhere(AppError):
    """The campaign does not run in this channel, or the store has no such channel."""

    code: ClassVar[str] = "campaign_elsewhere"
    status: ClassVar[int] = 409


class TooManyCampaigns(AppError):
    """The store has as many campaigns that have not ended as it can have."""

    code: ClassVar[str] = "too_many_campaigns"
    status: ClassVar[int] = 409
