"""Types are first used by several threads at once without a crash of the process."""

import subprocess
import sys
import textwrap

FIRST_USES_AT_ONCE = """
import sys, threading, types
import msgspec
from saleor_loyalty_app import shapes

sys.setswitchinterval(1e-6)

def family(number):
    module = types.ModuleType(f"family_{number}")
    sys.modules[module.__name__] = module
    vars(module)["msgspec"] = msgspec
    for one in range(40):
        child = f"    child: 'A{one - 1} | None' = None\\n" if one else ""
        exec(f"class A{one}(msgspec.Struct, frozen=True):\\n    x: int = 0\\n{child}", vars(module))
    return vars(module)["A39"], vars(module)["A20"]

def use(barrier, shape, how):
    barrier.wait()
    if how == "convert":
        assert shapes.convert({"x": 1, "child": {"x": 2}}, shape).child.x == 2
    else:
        assert shapes.decode('{"x": 1, "child": {"x": 2}}', shape).child.x == 2

for number in range(30):
    whole, part = family(number)
    barrier = threading.Barrier(6)
    shapes_and_ways = [(shape, way) for shape in (whole, part) for way in ("convert", "decode", "")]
    threads = [threading.Thread(target=use, args=(barrier, *one)) for one in shapes_and_ways]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
print("survived")
"""


def test_types_may_be_used_first_by_several_threads_at_once() -> None:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(FIRST_USES_AT_ONCE)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "survived\n"), done.stderr[-2000:]
