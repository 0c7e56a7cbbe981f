"""What Saleor calls: manifest, registration, webhooks."""
