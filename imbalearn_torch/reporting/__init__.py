"""What a run leaves for people: tables, figures and a page. matplotlib, jinja2 and rich are imported where used."""

from imbalearn_torch.reporting.confusion_figure import confusion_svg
from imbalearn_torch.reporting.curves import curves_svg
from imbalearn_torch.reporting.data_figure import data_svg
from imbalearn_torch.reporting.page import render_page
from imbalearn_torch.reporting.per_class import per_class_svg
from imbalearn_torch.reporting.record import RunRecord
from imbalearn_torch.reporting.reliability import reliability_svg
from imbalearn_torch.reporting.run_figures import run_figures
from imbalearn_torch.reporting.runs_page import render_runs
from imbalearn_torch.reporting.tables import summary_table, write_confusion_csv, write_per_class_csv

__all__ = [
    "RunRecord",
    "confusion_svg",
    "curves_svg",
    "data_svg",
    "per_class_svg",
    "reliability_svg",
    "render_page",
    "render_runs",
    "run_figures",
    "summary_table",
    "write_confusion_csv",
    "write_per_class_csv",
]
