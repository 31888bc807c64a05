"""Tables in text: encoding, signs, layout, damaged lines, and their cells block by block."""
