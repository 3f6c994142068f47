"""Tables for imbalearn-torch: a data set of CSV, Parquet and NPZ files, and a backbone for their rows."""

__version__ = "0.1.0"
