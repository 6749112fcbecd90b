"""What must always hold of live data: one invariant a file, `service` runs them all."""
