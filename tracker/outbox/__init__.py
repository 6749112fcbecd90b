"""Alerts on their way: added in the caller's transaction, claimed by lease, tried until accepted."""
