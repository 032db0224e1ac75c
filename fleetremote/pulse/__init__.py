"""What stands still is found and started again, and nothing that is due waits for it.

Each worker and Celery's clock give signs of life (heart.py), outside of Celery: a file for whoever started them, a row
for readiness.py. A worker to which Celery hands nothing polls the rows of its queue (polling.py).
"""
