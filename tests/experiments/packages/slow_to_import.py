"""A package that takes four seconds to import, as large ones do."""

import time

time.sleep(4.0)
