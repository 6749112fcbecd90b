"""How each step of the flow works; flow.py says which step follows what."""
