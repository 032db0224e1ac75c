"""python -m tests.faults.second_cloud PORT VEHICLES"""

import sys

from tests.faults.second_cloud.book import Book
from tests.faults.second_cloud.server import serve

if __name__ == "__main__":
    serve(int(sys.argv[1]), Book(int(sys.argv[2])))
