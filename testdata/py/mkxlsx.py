"""Write a workbook with openpyxl from a JSON description on standard input.

{"out": path, "from": path or null, "sheets": [{"name", "state", "rows":
[[cell, ...], ...], "merges": ["A1:H1"]}]}

A cell is null (blank) or text. "12" and "3.5" become numbers, "d:2026-04-06" a
date, "'12" the text 12, "=A1" a formula. With "from" the workbook is opened and
"fill" gives rows by column title, written below its header. A list of such
descriptions is worked off in one go.
"""

import datetime
import json
import re
import sys

import openpyxl


def value(text):
    if text is None or text == "":
        return None
    if text.startswith("'"):
        return text[1:]
    if text.startswith("d:"):
        return datetime.datetime.strptime(text[2:], "%Y-%m-%d")
    if re.fullmatch(r"-?\d{1,15}", text):
        return int(text)
    if re.fullmatch(r"-?\d{1,12}\.\d{1,6}", text):
        return float(text)
    return text


def put(ws, row, col, text):
    v = value(text)
    if v is None:
        return
    cell = ws.cell(row=row, column=col, value=v)
    if isinstance(v, datetime.datetime):
        cell.number_format = "yyyy-mm-dd"
    elif isinstance(text, str) and text.startswith("'"):
        cell.number_format = "@"


def columns(ws):
    """The column of each title path, from the merged header rows 1 to 8."""
    spread = {}
    for merge in ws.merged_cells.ranges:
        top = ws.cell(merge.min_row, merge.min_col).value
        for r in range(merge.min_row, merge.max_row + 1):
            for c in range(merge.min_col, merge.max_col + 1):
                spread[(r, c)] = top
    found, last = {}, 0
    for r in range(1, 9):
        for c in range(1, ws.max_column + 1):
            text = spread.get((r, c), ws.cell(r, c).value)
            if not isinstance(text, str):
                continue
            above = spread.get((r - 1, c), ws.cell(r - 1, c).value) if r > 1 else None
            found.setdefault(text, c)
            if isinstance(above, str) and above != text:
                found.setdefault(above + "/" + text, c)
    for r in range(1, 9):
        if ws.cell(r, 1).value == "序号" or spread.get((r, 1)) == "序号":
            last = r
        elif isinstance(spread.get((r, 1), ws.cell(r, 1).value), str) and r > 2 and last == 0:
            last = r
    deepest = max([m.max_row for m in ws.merged_cells.ranges if m.min_row <= last <= m.max_row] + [last])
    return found, deepest


def lift(ws, header, rows):
    """Move what stands below the table further down, as inserted rows would."""
    notes = []
    for merge in list(ws.merged_cells.ranges):
        if merge.min_row > header:
            ws.unmerge_cells(str(merge))
    for r in range(header + 1, ws.max_row + 1):
        for c in range(1, ws.max_column + 1):
            if ws.cell(r, c).value is not None:
                notes.append((r, c, ws.cell(r, c).value))
                ws.cell(r, c).value = None
    if notes:
        down = max(0, header + 1 + rows - notes[0][0])
        for r, c, text in notes:
            ws.cell(r + down, c).value = text


def fill(ws, rows):
    found, header = columns(ws)
    lift(ws, header, len(rows))
    for i, row in enumerate(rows):
        for title, text in row.items():
            put(ws, header + 1 + i, found[title], text)


def write(job):
    if job.get("from"):
        wb = openpyxl.load_workbook(job["from"])
        if job["fill"]:
            fill(wb.worksheets[0], job["fill"])
        for address, text in job.get("set", {}).items():
            wb.worksheets[0][address] = value(text)
    else:
        wb = openpyxl.Workbook()
        wb.remove(wb.active)
        for sheet in job["sheets"]:
            ws = wb.create_sheet(sheet["name"])
            ws.sheet_state = sheet.get("state", "visible")
            for r, row in enumerate(sheet["rows"], 1):
                for c, text in enumerate(row, 1):
                    put(ws, r, c, text)
            for merge in sheet.get("merges") or []:
                ws.merge_cells(merge)
    wb.save(job["out"])


def main():
    jobs = json.load(sys.stdin)
    for job in jobs if isinstance(jobs, list) else [jobs]:
        write(job)


main()
