"""Loyalty for Saleor stores: points that balance, whatever happens to the orders behind them."""

__version__ = "0.1.0"
