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
#: What a confirmed account brings, once in a lifetime.
WELCOME = 100
ACCOUNTS = f"""{SPENDING}\
    - id: welcome
      trigger: account_confirmed
      then: {{type: points, points: {WELCOME}}}
"""
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
#: Whoever bought for so much is in the tier: twice the points, and a delivery for less.
GOLD_SPEND = Decimal(300)
GOLD_FACTOR = 2
GOLD = "Live gold shipping"
GOLD_PRICE = Decimal(3)
#: The rewards: a share off, once plain and once with a limit, and one piece of the thing `$SKU`.
PERCENT = Decimal(15)
CAP = Decimal("4.50")
REWARD_POINTS = 500
STOCK = 20
_REWARD = f"""\
      points: {REWARD_POINTS}
      stock: {STOCK}
"""
ENGINE = f"""{SPENDING}\
tiers:
  enabled: true
  levels:
    - id: gold
      names: {{en: Gold, tr: Altın}}
      requirements:
        spend: {{limits: [{{currency: USD, min: "{GOLD_SPEND}"}}]}}
      multiplier: "{GOLD_FACTOR}"
shipping:
  offers:
    - id: gold
      name: {{en: "{GOLD}", tr: "Canlı altın kargo"}}
      method: named
      method_names: ["{METHOD}"]
      prices: [{{channel: default-channel, currency: USD, price: "{GOLD_PRICE}"}}]
      when: {{type: tier, tiers: [gold]}}
rewards:
  items:
    - id: share
      names: {{en: A share off, tr: Bir pay indirim}}
      gift: {{type: percent, percent: {PERCENT}}}
      channels: [{{channel: default-channel, currency: USD}}]
{_REWARD}\
    - id: capped
      names: {{en: A share off at most, tr: En çok bir pay indirim}}
      gift: {{type: percent, percent: {PERCENT}}}
      channels: [{{channel: default-channel, currency: USD, cap: "{CAP}"}}]
{_REWARD}\
    - id: piece
      names: {{en: One for nothing, tr: Biri bedava}}
      gift: {{type: free_product, variant: "$SKU"}}
      channels: [{{channel: default-channel, currency: USD}}]
{_REWARD}"""
#: What rules ask of metadata: of products, and of orders, where a till wrote it.
SAID = "live.kind"
DOUBLE = "double"
TILL = "live.till"
TILL_POINTS = 50
#: Who buys for so much gets a present from the catalog, and is in the tier for some days.
LARGE = Decimal(150)
PRESENT_MONEY = Decimal(5)
RULES = f"""{SPENDING}\
    - id: double
      when: {{type: product_metadata, key: {SAID}, values: [{DOUBLE}]}}
      then: {{type: multiplier, factor: "2"}}
    - id: tills
      scope: order
      when: {{type: order_metadata, key: {TILL}}}
      then: {{type: points_per_order, points: {TILL_POINTS}}}
    - id: present
      scope: order
      when: {{type: order_value, limits: [{{currency: USD, min: "{LARGE}"}}]}}
      then: {{type: issue_reward, reward: present}}
    - id: taste
      scope: order
      when: {{type: order_value, limits: [{{currency: USD, min: "{LARGE}"}}]}}
      then: {{type: set_tier, tier: gold, days: 30}}
tiers:
  enabled: true
  levels:
    - id: gold
      names: {{en: Gold, tr: Altın}}
      requirements: {{orders: {{min: 20}}}}
rewards:
  items:
    - id: present
      names: {{en: A present, tr: Bir hediye}}
      gift: {{type: amount}}
      channels: [{{channel: default-channel, currency: USD, amount: "{PRESENT_MONEY}"}}]
{_REWARD}"""
#: Places of the catalog that rules name, and what they add for each dollar.
AISLE = "live-aisle"
SHELF = "live-shelf"
PICKED = "live-picked"
SHARE = Decimal("0.5")
#: Rewards that pay for a delivery, all of it or some, and an apology for what was never sent.
POST_POINTS = 200
POST_OFF = Decimal(3)
SORRY = Decimal(5)
GOODS = f"""{SPENDING}\
    - id: aisle
      when: {{type: category, slugs: [{AISLE}]}}
      then: {{type: multiplier, factor: "2"}}
    - id: picked
      when: {{type: collection, slugs: [{PICKED}]}}
      then: {{type: points_per_money, factor: "{SHARE}"}}
    - id: kind
      when: {{type: product_type, slugs: ["$KIND"]}}
      then: {{type: points_per_money, factor: "{SHARE}"}}
shipping:
  offers:
    - id: members
      name: {{en: "{MEMBERS}", tr: "Canlı üye kargosu"}}
      method: named
      method_names: ["{METHOD}"]
      prices: [{{channel: default-channel, currency: USD, price: "{MEMBERS_PRICE}"}}]
      when: {{type: member}}
rewards:
  items:
    - id: post
      names: {{en: Free shipping, tr: Ücretsiz kargo}}
      gift: {{type: shipping}}
      points: {POST_POINTS}
      channels: [{{channel: default-channel, currency: USD, worth: "{METHOD_PRICE}"}}]
    - id: stamp
      names: {{en: Some of the shipping, tr: Kargonun bir kısmı}}
      gift: {{type: shipping}}
      points: {POST_POINTS}
      channels: [{{channel: default-channel, currency: USD, amount: "{POST_OFF}"}}]
goodwill:
  cancelled_line:
    suggest:
      type: amount
      as_code: true
      amounts: [{{currency: USD, amount: "{SORRY}"}}]
"""
