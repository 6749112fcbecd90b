"""The managers' pages: signing in, what is coming, one duty, one agreement, exports, calendar links."""
