"""What happened: facts in the past tense, recorded once and never changed."""
