"""What an answer of the manufacturer's cloud comes to: the form of its body, who has given it, and what follows."""
