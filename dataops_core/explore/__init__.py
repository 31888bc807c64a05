"""Charts of one to four columns: which chart fits, its numbers (counted on all rows by the engine), and the figure.

`chart_data` counts, `figure` draws with Plotly what was counted. Nothing is sampled: where rows are too many to be
drawn one by one, they are counted in bins.
"""

from dataops_core.explore.chart_data import CHARTS, chart_data, fitting_charts

__all__ = ["CHARTS", "chart_data", "fitting_charts"]
