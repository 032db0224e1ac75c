"""What every endpoint of our API shares: credentials, the error shape, HAL."""
