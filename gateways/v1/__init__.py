"""The client of the Connected Car API v1: tokens in each request, one channel an account."""

from gateways.v1.client import V1Client

__all__ = ["V1Client"]
