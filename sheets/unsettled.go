package sheets

// Some libraries cannot calculate. They ask that their formulas be calculated when
// the workbook is opened, and save something in place of each result, which nobody
// ever sees: read as it stands, a sum would be zero. Others ask the same and have
// calculated. Those have results that no stand-in looks like, so that a workbook
// without one was not calculated.

// weigh looks at the saved result of a formula that is to be calculated when the
// workbook is opened, and marks one that may be a stand-in.
func (r *sheetReader) weigh(cell place, standIn bool) place {
	if !standIn {
		r.results = true
		return cell
	}
	r.standIns = true
	cell.head |= headStandIn
	return cell
}

// emptyStandIns makes formulas without a saved result of those with a stand-in, if there
// are no others.
func (r *sheetReader) emptyStandIns(book *Book) {
	if !r.standIns || r.results {
		return
	}
	for _, s := range book.Sheets {
		for i := range s.Rows {
			if block := s.Rows[i].Cells.block; block != nil {
				block.hollow = true
			}
		}
	}
}

// xmlStandIn knows what XlsxWriter, libxlsxwriter and Excel::Writer::XLSX save: 0, or
// no text.
func xmlStandIn(c content) bool {
	value := trimSpace(c.value)
	return len(value) == 0 || c.typ == typeNumber && string(value) == "0"
}

// biffStandIns are what libraries save in an .xls: 0 (Apache POI,
// Spreadsheet::WriteExcel), 4 (JExcelApi), no text.
var biffStandIns = map[string]bool{
	"\x00\x00\x00\x00\x00\x00\x00\x00": true,
	"\x00\x00\x00\x00\x00\x00\x10\x40": true,
	"\x03\x00\x00\x00\x00\x00\xff\xff": true,
}

// calculatedOnLoad reports that the formula of the record asks to be calculated when
// the workbook is opened, which Excel never writes.
func (b *biffSheet) calculatedOnLoad() bool {
	const at, flag = cellHead + 8, 2
	return b.rec.need(at+2) == nil && b.rec.u16(at)&flag != 0
}
