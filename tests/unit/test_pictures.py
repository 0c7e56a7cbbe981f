"""The pictures that the browser tests leave: whoever looks at one knows which test made it."""

import ast
import re
from collections import defaultdict
from pathlib import Path

_E2E = Path(__file__).parents[1] / "e2e"
_NUMBERED = re.compile(r"""["'](\d{2,3})-[a-z{]""")


def test_no_two_tests_write_pictures_of_the_same_number() -> None:
    writers: defaultdict[str, set[str]] = defaultdict(set)
    for file in sorted(_E2E.glob("test_*.py")):
        source = file.read_text("utf-8")
        for one in ast.parse(source).body:
            if isinstance(one, ast.FunctionDef):
                for number in _NUMBERED.findall(ast.get_source_segment(source, one) or ""):
                    writers[number].add(f"{file.name}:{one.name}")
    assert len(writers) > 60
    assert {number: tests for number, tests in writers.items() if len(tests) > 1} == {}
