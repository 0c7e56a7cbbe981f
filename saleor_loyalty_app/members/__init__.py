"""Members: enrolment, identity, consent and merging."""
