"""The app's pages and the Dashboard API `/api/dashboard/v1`.

Staff prove themselves by the token that the Dashboard hands to the page (App Bridge), as a bearer
token on each request. The pages themselves are public and empty.
"""

from saleor_loyalty_app.api.dashboard.activity_books import router as activity_books
from saleor_loyalty_app.api.dashboard.activity_inbox import router as activity_inbox
from saleor_loyalty_app.api.dashboard.allowances import router as allowances
from saleor_loyalty_app.api.dashboard.bonuses import router as bonuses
from saleor_loyalty_app.api.dashboard.campaigns import router as campaigns
from saleor_loyalty_app.api.dashboard.campaigns_codes import router as campaigns_codes
from saleor_loyalty_app.api.dashboard.cases import router as cases
from saleor_loyalty_app.api.dashboard.catalog import router as catalog
from saleor_loyalty_app.api.dashboard.events import router as events
from saleor_loyalty_app.api.dashboard.general import router as general
from saleor_loyalty_app.api.dashboard.goodwill import router as goodwill
from saleor_loyalty_app.api.dashboard.imports import router as member_imports
from saleor_loyalty_app.api.dashboard.insights import router as insights
from saleor_loyalty_app.api.dashboard.keeping_data import router as keeping_data
from saleor_loyalty_app.api.dashboard.keeping_end import router as keeping_end
from saleor_loyalty_app.api.dashboard.keeping_exports import router as keeping_exports
from saleor_loyalty_app.api.dashboard.kept_goods import router as kept_goods
from saleor_loyalty_app.api.dashboard.members import router as members
from saleor_loyalty_app.api.dashboard.members_deeds import router as members_deeds
from saleor_loyalty_app.api.dashboard.members_mail import router as members_mail
from saleor_loyalty_app.api.dashboard.members_notes import router as members_notes
from saleor_loyalty_app.api.dashboard.members_points import router as members_points
from saleor_loyalty_app.api.dashboard.members_tags import router as members_tags
from saleor_loyalty_app.api.dashboard.messages import router as messages
from saleor_loyalty_app.api.dashboard.messages_consents import router as messages_consents
from saleor_loyalty_app.api.dashboard.messages_webhooks import router as messages_webhooks
from saleor_loyalty_app.api.dashboard.milestones import router as milestones
from saleor_loyalty_app.api.dashboard.pages import router as pages
from saleor_loyalty_app.api.dashboard.partner_keys import router as partner_keys
from saleor_loyalty_app.api.dashboard.price_history import router as price_history
from saleor_loyalty_app.api.dashboard.program import router as program
from saleor_loyalty_app.api.dashboard.program_trying import router as program_trying
from saleor_loyalty_app.api.dashboard.publishing import router as publishing
from saleor_loyalty_app.api.dashboard.publishing_cost import router as publishing_cost
from saleor_loyalty_app.api.dashboard.publishing_moves import router as publishing_moves
from saleor_loyalty_app.api.dashboard.redemptions import router as redemptions
from saleor_loyalty_app.api.dashboard.rewards import router as rewards
from saleor_loyalty_app.api.dashboard.rewards_page import router as rewards_page
from saleor_loyalty_app.api.dashboard.rule_kinds import router as rule_kinds
from saleor_loyalty_app.api.dashboard.rules import router as rules
from saleor_loyalty_app.api.dashboard.segments import router as segments
from saleor_loyalty_app.api.dashboard.start import router as start
from saleor_loyalty_app.api.dashboard.storefront_origins import router as storefront_origins
from saleor_loyalty_app.api.dashboard.tiers import router as tiers
from saleor_loyalty_app.api.dashboard.tiers_editing import router as tiers_editing
from saleor_loyalty_app.api.dashboard.widgets import router as widgets
from saleor_loyalty_app.api.routing import put_together

#: In the order in which they stand in the OpenAPI document.
router = put_together(
    (
        pages,
        start,
        general,
        storefront_origins,
        rewards_page,
        partner_keys,
        redemptions,
        insights,
        activity_inbox,
        activity_books,
        cases,
        widgets,
        program,
        program_trying,
        publishing,
        publishing_cost,
        publishing_moves,
        member_imports,
        messages,
        messages_webhooks,
        messages_consents,
        members,
        members_deeds,
        members_mail,
        members_notes,
        members_tags,
        members_points,
        allowances,
        keeping_data,
        keeping_end,
        keeping_exports,
        rules,
        rule_kinds,
        catalog,
        bonuses,
        tiers,
        tiers_editing,
        goodwill,
        events,
        campaigns,
        campaigns_codes,
        price_history,
        segments,
        kept_goods,
        rewards,
        milestones,
    )
)
