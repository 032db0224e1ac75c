"""The API described: examples, errors and notifications for the OpenAPI documents, and the pages at /api/docs."""
