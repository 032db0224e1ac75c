"""Second factors: codes of an app, passkeys and recovery codes, how they are set up, asked for and taken away."""
