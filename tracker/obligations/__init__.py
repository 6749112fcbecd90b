"""What must be done by when: terms, events and calendar made into obligations with deadlines."""
