"""The programs that the live suite publishes."""

_HEAD = """\
version: 1
name: Live
texts:
  en: {program: Live, point: point, points: points}
  tr: {program: Canlı, point: puan, points: puan}
"""
_EARNING = """\
earning:
  rules:
    - id: base
      then: {type: points_per_money}
"""
#: Points wait for the fulfillment; they are never spent in the story.
EARNING = f"""{_HEAD}
settings:
  availability: {{after: fulfillment, days: 14}}
currencies:
  - channel: default-channel
    currency: USD
    earn_rate: {{points: 10, money: "1"}}
    spend_rate: {{points: 1, money: "0.002"}}
{_EARNING}"""
#: Points can be spent as soon as their order is paid; one takes off a cent.
SPENDING = f"""{_HEAD}
settings:
  availability: {{after: payment, days: 0}}
currencies:
  - channel: default-channel
    currency: USD
    earn_rate: {{points: 10, money: "1"}}
    spend_rate: {{points: 1, money: "0.01"}}
{_EARNING}"""
