"""The rewards page `/rewards/{store}`: for storefronts without development, and without JavaScript.

A member gets in by a link that is mailed to the address they confirmed, sees points and history in
words, has codes made to type in at the checkout, and decides what is sent and kept.
"""
