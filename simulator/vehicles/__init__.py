"""The vehicles of the stand-in cloud: what they do, and what they tell of themselves."""
