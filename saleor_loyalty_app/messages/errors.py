"""Failures of the messages' room."""

from typing import ClassVar

from saleor_loyalty_app.errors import AppError


class MailNotSetUp(AppError):
    """Neither the store nor the operator named a mail server and a sender."""

    code: ClassVar[str] = "mail_not_set_up"
    status: ClassVar[int] = 409


class MailRefused(AppError):
    """The mail server did not take the message. Detail: reason, a stable word; answer."""

    code: ClassVar[str] = "mail_refused"
    status: ClassVar[int] = 502

    def __init__(self, reason: str, answer: str) -> None:
        super().__init__(reason=reason, answer=answer)


class SettingsChanged(AppError):
    """Somebody else changed the settings meanwhile; nothing was stored."""

    code: ClassVar[str] = "message_settings_changed"
    status: ClassVar[int] = 409


class TextInvalid(AppError):
    """A text cannot be used. Detail: problems, each with field, problem, and message."""

    code: ClassVar[str] = "message_text_invalid"
    status: ClassVar[int] = 422


class AddressForbidden(AppError):
    """An address leads into the operator's own network, or has a scheme or port that is not let."""

    code: ClassVar[str] = "address_forbidden"
    status: ClassVar[int] = 400

    def __init__(self, address: str) -> None:
        super().__init__(address=address[:200])


class UnknownKind(AppError):
    """There is no such kind of message."""

    code: ClassVar[str] = "unknown_message_kind"
    status: ClassVar[int] = 404


class WebhookUnknown(AppError):
    """The store has no such webhook."""

    code: ClassVar[str] = "webhook_unknown"
    status: ClassVar[int] = 404


class TooManyWebhooks(AppError):
    """A store has as many webhooks as it may have."""

    code: ClassVar[str] = "too_many_webhooks"
    status: ClassVar[int] = 409

    def __init__(self, most: int) -> None:
        super().__init__(most=most)


class UnknownEvent(AppError):
    """There is no such event that partners are told of."""

    code: ClassVar[str] = "unknown_event"
    status: ClassVar[int] = 400

    def __init__(self, event: str, known: str) -> None:
        super().__init__(event=event[:80], known=known)


class DeliveryUnknown(AppError):
    """There is no such delivery in the log."""

    code: ClassVar[str] = "delivery_unknown"
    status: ClassVar[int] = 404


class MessageOver(AppError):
    """A message is not sent again: it was not refused, is too old, or its figures are gone."""

    code: ClassVar[str] = "message_over"
    status: ClassVar[int] = 409


class LinkInvalid(AppError):
    """A link to end the mails was not made here, or was changed."""

    code: ClassVar[str] = "link_invalid"
    status: ClassVar[int] = 400


class RegisterFileInvalid(AppError):
    """A file of the register cannot be read. Detail: line."""

    code: ClassVar[str] = "register_file_invalid"
    status: ClassVar[int] = 400

    def __init__(self, line: int) -> None:
        super().__init__(line=line)


class GatewayInvalid(AppError):
    """A gateway for text messages is not described so that it could be called. Detail: problem."""

    code: ClassVar[str] = "gateway_invalid"
    status: ClassVar[int] = 400
