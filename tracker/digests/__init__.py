"""What managers are told by the calendar, whether or not anything is due."""
