"""What every other part stands on: clock, errors, settings, database, log, readable sources."""
