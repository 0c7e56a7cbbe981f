"""Points given and taken by hand: reasons, the budgets of staff, and requests that wait."""
