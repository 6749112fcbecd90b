"""When to say so: the ladder of reminder points, and the people who are told."""
