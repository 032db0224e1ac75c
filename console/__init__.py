"""The face of people: pages, one folder a subject with its views, forms and listings."""
