"""What one strange row may raise where many are worked on in turn, and what is no row's fault."""

from sqlalchemy.exc import InterfaceError, InternalError, OperationalError, StatementError

from saleor_loyalty_app.errors import AppError

#: What a single strange order or reward may cause: it is put aside.
ROWS_FAULT = (AppError, ValueError, TypeError, LookupError, ArithmeticError, StatementError)
#: A database that is away is no row's fault, and goes up, though it is one of the above.
DATABASES_FAULT = (OperationalError, InterfaceError, InternalError)
