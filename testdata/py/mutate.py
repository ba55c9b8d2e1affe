"""Change filled forms as clerks do, with openpyxl.

Standard input: [{"from": path, "out": path, "code": "..."}]. The code of a job is
run with ws, the form's sheet; wb; and the helpers below.
"""

import datetime
import json
import re
import sys

import openpyxl
from openpyxl.utils import get_column_letter as letter


def helpers(wb, ws):
    """What a job's code may call."""

    def nomark():
        """The form was typed anew: no version mark."""
        del wb["_taizhang"]

    def insert(at, n=1):
        """Insert rows; merged areas below move with them."""
        below = [m for m in list(ws.merged_cells.ranges) if m.min_row >= at]
        spans = [(m.min_row, m.min_col, m.max_row, m.max_col) for m in below]
        for m in below:
            ws.unmerge_cells(str(m))
        ws.insert_rows(at, n)
        for r1, c1, r2, c2 in spans:
            ws.merge_cells(start_row=r1 + n, start_column=c1, end_row=r2 + n, end_column=c2)

    def column(at, title, row, values):
        """Insert a column before at; merged areas right of it move with it."""
        right = list(ws.merged_cells.ranges)
        spans = [(m.min_row, m.min_col, m.max_row, m.max_col) for m in right]
        for m in right:
            ws.unmerge_cells(str(m))
        ws.insert_cols(at)
        for r1, c1, r2, c2 in spans:
            ws.merge_cells(start_row=r1, start_column=c1 + (c1 >= at), end_row=r2, end_column=c2 + (c2 >= at))
        ws.cell(row, at).value = title
        for i, v in enumerate(values):
            ws.cell(row + 1 + i, at).value = v

    def copy(src, dst, **changes):
        """Fill a row like another one, with other values in some columns."""
        for c in range(1, ws.max_column + 1):
            v = ws.cell(src, c).value
            if v is not None:
                ws.cell(dst, c).value = v
                ws.cell(dst, c).number_format = ws.cell(src, c).number_format
        for col, v in changes.items():
            ws[col + str(dst)] = v

    def wipe(row):
        for c in range(1, ws.max_column + 1):
            if type(ws.cell(row, c)).__name__ != "MergedCell":
                ws.cell(row, c).value = None

    def lastrow():
        return max(c.row for r in ws.iter_rows() for c in r if c.value is not None)

    return dict(wb=wb, ws=ws, nomark=nomark, insert=insert, column=column, copy=copy, wipe=wipe,
                lastrow=lastrow, letter=letter, datetime=datetime, re=re)


for job in json.load(sys.stdin):
    book = openpyxl.load_workbook(job["from"])
    exec(job["code"], helpers(book, book.worksheets[0]))
    book.save(job["out"])
