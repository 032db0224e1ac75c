"""The way of notifications to subscribers: batches, their order, the POST, the next try."""
