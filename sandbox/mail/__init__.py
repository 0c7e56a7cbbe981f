"""The mailbox of everybody in the box: what apps send to the shop's people arrives here."""
