"""What one strange row may raise where many are worked on in turn, and what is no row's fault."""

from sqlalchemy.exc import (
    InterfaceError,
    InternalError,
    NoResultFound,
    OperationalError,
    StatementError,
)

from saleor_loyalty_app.errors import AppError

#: What a single strange order or reward may cause: it is put aside.
ROWS_FAULT = (
    AppError,
    AssertionError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    NoResultFound,
    StatementError,
)
#: A database that is away is no row's fault, and goes up, though it is one of the above.
DATABASES_FAULT = (OperationalError, InterfaceError, InternalError)
