"""What is asked before something is recorded, question by question: one file a form."""
