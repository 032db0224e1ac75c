"""What stands still: processes that are stopped, and connections to Redis over which nothing comes any more."""
