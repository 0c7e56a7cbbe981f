"""The programs that the live suite publishes."""

from decimal import Decimal

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
#: The built-in method that the offers stand beside, what it costs, and where one becomes free.
METHOD = "Live shipping"
METHOD_PRICE = Decimal(7)
THRESHOLD = Decimal(100)
FREE = "Live free shipping"
MEMBERS = "Live members' shipping"
MEMBERS_PRICE = Decimal(2)
#: Free over the threshold, hiding what it is the twin of; cheaper for members.
SHIPPING = f"""{SPENDING}\
shipping:
  offers:
    - id: free
      name: {{en: "{FREE}", tr: "Canlı ücretsiz kargo"}}
      method: named
      method_names: ["{METHOD}"]
      prices: [{{channel: default-channel, currency: USD, price: "0"}}]
      thresholds: [{{channel: default-channel, currency: USD, money: "{THRESHOLD}"}}]
      hide_original: true
    - id: members
      name: {{en: "{MEMBERS}", tr: "Canlı üye kargosu"}}
      method: named
      method_names: ["{METHOD}"]
      prices: [{{channel: default-channel, currency: USD, price: "{MEMBERS_PRICE}"}}]
      when: {{type: member}}
"""
