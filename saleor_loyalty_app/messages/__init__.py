"""What people are to be told: an outbox that is written in the transaction of what happened."""
