"""A pad for digits, and what a convolutional network makes of them."""
