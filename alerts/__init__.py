"""Alerts: what a person must know, told once a cause and span of time, and an all-clear when it is over.

Causes raise and clear (raising.py); rhythm.py says when people are told, telling.py tells them: a line for an e-mail
(mails.py) and a notification for the fleet's alert webhooks. sweep.py finds what is due.
"""
