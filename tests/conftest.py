"""One thread a test process: two of them share two cores."""

import os

os.environ["OMP_NUM_THREADS"] = "1"  # before torch is imported; runs started by tests follow it too

pytest_plugins = ["site_fixture"]
