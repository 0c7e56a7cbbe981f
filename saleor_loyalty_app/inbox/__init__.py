"""What arrived: the inbox of webhooks and the dead letters."""
