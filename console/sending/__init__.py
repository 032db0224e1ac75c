"""The pages of sending: the kill switch, gateways, rules, and notifications of unknown actions."""
