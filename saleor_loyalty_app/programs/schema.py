"""The JSON Schema of program documents, by which editors help while writing. Pure."""

from typing import Any

from saleor_loyalty_app.programs.document import Program

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def document_schema() -> dict[str, Any]:
    """What a document of this version of the app may hold, as JSON Schema (draft 2020-12).

    It tells names, types and limits. What parts say of each other, such as which conditions a rule
    on a birthday may have, `saleor-loyalty program validate` tells.
    """
    return {"$schema": DIALECT, **Program.model_json_schema(mode="validation")}
