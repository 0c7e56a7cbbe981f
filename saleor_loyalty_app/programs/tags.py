"""Which programs look at the tags of members. Pure."""

from functools import lru_cache

from saleor_loyalty_app.programs.conditions import Expression, InTags, leaves
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.expression import compile_expression
from saleor_loyalty_app.programs.plugin_parts import (
    PluginCondition,
    PluginEffect,
    PluginLineCondition,
)
from saleor_loyalty_app.programs.rules import EarningRule


@lru_cache(maxsize=256)
def asks_for_tags(program: Program) -> bool:
    """Whether an earning rule looks at tags, or may: what a plugin looks at, only it knows."""
    return any(_asks(rule) for rule in program.earning.rules if rule.enabled)


def _asks(rule: EarningRule) -> bool:
    if isinstance(rule.then, PluginEffect):
        return True
    for leaf in leaves(rule.when) if rule.when is not None else ():
        if isinstance(leaf, InTags | PluginCondition | PluginLineCondition):
            return True
        asked = compile_expression(leaf.cel).fields if isinstance(leaf, Expression) else ()
        if ("member", "tags") in asked:
            return True
    return False
