"""The app's page in the Saleor Dashboard, and the API behind it: `/api/dashboard/v1`."""
