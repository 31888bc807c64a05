"""The engine of the data quality workbench: tables, steps, recipes, versions. It knows nothing of Streamlit."""

__version__ = "0.1.0"
