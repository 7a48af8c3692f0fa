"""Who could this be? People, firms and portfolios that are invented and belong to nobody."""

from duecare.exchange.invented.party import InventedParty, invent_party
from duecare.exchange.invented.portfolio import PORTFOLIO_HEADER, generate_portfolio, write_portfolio

__all__ = ["PORTFOLIO_HEADER", "InventedParty", "generate_portfolio", "invent_party", "write_portfolio"]
