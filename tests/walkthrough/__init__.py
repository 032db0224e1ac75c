"""The walkthrough without a server: what it would send, and how it judges what comes."""
