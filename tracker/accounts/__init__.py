"""Accounts, links that sign somebody in, sessions and calendar links: kept as digests, all revocable."""
