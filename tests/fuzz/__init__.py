"""Fuzzing: what reads foreign text, driven with damaged samples for as long as you like (`make fuzz`)."""
