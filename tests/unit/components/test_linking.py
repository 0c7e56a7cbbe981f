"""Modules become one file, or it is said why not."""

import pytest

from saleor_loyalty_app.api.components.linking import Unlinkable, link


def linked(**modules: str) -> str:
    """The module `entry` of these, whose names have no ".js"."""
    texts = {f"{name}.js": text for name, text in modules.items()}
    return link("entry.js", texts.__getitem__)


def test_what_is_needed_comes_first_and_once() -> None:
    found = linked(
        entry='import { two } from "./two.js";\nimport {\n  one,\n} from "./one.js";\ntwo(one);\n',
        two='import { one } from "./one.js";\nexport function two() {\n  return one;\n}\n',
        one="export const one = 1;\n",
    )
    assert found == "const one = 1;\nfunction two() {\nreturn one;\n}\ntwo(one);\n"


def test_comments_are_left_behind_and_texts_that_look_like_them_stay() -> None:
    found = linked(
        entry=(
            "/** Words. */\n\n/**\n * @param {string} a\n */\nexport const f = (a) =>\n"
            "  // Why.\n  /** @type {any} */ (a);\nconst url = 'https://x/**/y'; // here\n"
        )
    )
    assert found == "const f = (a) =>\n(a);\nconst url = 'https://x/**/y'; // here\n"


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("export default 1;\n", "export default"),
        ('import x from "elsewhere";\n', "elsewhere"),
        ('import * as all from "./one.js";\n', "as all"),
        ("export { a };\n", "export { a }"),
        ('import { one } from "./one.js";\nconst one = 2;\n', "one"),
        ('import "./entry.js";\n', "entry.js"),
    ],
    ids=["default", "package", "namespace", "list", "declared twice", "circle"],
)
def test_what_cannot_be_linked_is_refused_with_its_line(entry: str, words: str) -> None:
    with pytest.raises(Unlinkable, match=words):
        linked(entry=entry, one="export const one = 1;\n")
