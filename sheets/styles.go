package sheets

import "strconv"

// styleTable tells how a cell's style shows numbers.
type styleTable struct {
	formats  []*numFormat // by cell style, compiled when first used
	ids      []int        // number format of each cell style
	codes    map[int]string
	compiled map[int]*numFormat
}

// readStyles reads the number formats of the cell styles; nothing else of a
// style matters here.
func readStyles(s *scanner) (*styleTable, error) {
	t := &styleTable{codes: map[int]string{}}
	if err := s.root(); err != nil {
		return nil, err
	}
	if string(s.name) != "styleSheet" {
		return nil, trouble("structure", s.part)
	}
	for {
		more, err := s.child(1)
		if err != nil || !more {
			t.formats = make([]*numFormat, len(t.ids))
			return t, err
		}
		switch string(s.name) {
		case "numFmts":
			err = t.readCodes(s)
		case "cellXfs":
			err = t.readCellXfs(s)
		default:
			err = s.skip()
		}
		if err != nil {
			return nil, err
		}
	}
}

// readCodes reads the custom formats. Excel writes one that older ones do not know
// twice, as alternatives; the last is for those that do not know it.
func (t *styleTable) readCodes(s *scanner) error {
	for {
		more, err := s.child(2)
		if err != nil || !more {
			return err
		}
		switch string(s.name) {
		case "AlternateContent", "Choice", "Fallback":
			continue
		}
		raw, _ := s.attr("numFmtId")
		id, err := strconv.Atoi(string(raw))
		if err == nil && string(s.name) == "numFmt" {
			if len(t.codes) == s.lim.Styles {
				return beyond("styles", s.part, int64(len(t.codes))+1, int64(s.lim.Styles))
			}
			if t.codes[id], err = s.attrText("formatCode"); err != nil {
				return err
			}
		}
		if err := s.skip(); err != nil {
			return err
		}
	}
}

// readCellXfs reads which format each cell style has.
func (t *styleTable) readCellXfs(s *scanner) error {
	for {
		more, err := s.child(2)
		if err != nil || !more {
			return err
		}
		if string(s.name) == "xf" {
			if len(t.ids) == s.lim.Styles {
				return beyond("styles", s.part, int64(len(t.ids))+1, int64(s.lim.Styles))
			}
			raw, _ := s.attr("numFmtId")
			id, err := strconv.Atoi(string(raw))
			if err != nil {
				id = 0
			}
			t.ids = append(t.ids, id)
		}
		if err := s.skip(); err != nil {
			return err
		}
	}
}

// format returns the number format of a cell style. A style that the workbook
// does not have shows numbers as they are.
func (t *styleTable) format(style int) *numFormat {
	if t == nil || style < 0 || style >= len(t.formats) {
		return generalFormat
	}
	if f := t.formats[style]; f != nil {
		return f
	}
	f := t.compile(t.ids[style])
	t.formats[style] = f
	return f
}

func (t *styleTable) compile(id int) *numFormat {
	if f := t.compiled[id]; f != nil {
		return f
	}
	code, ok := t.codes[id]
	if !ok {
		code = builtinFormats[id]
	}
	if t.compiled == nil {
		t.compiled = map[int]*numFormat{}
	}
	f := parseFormat(code)
	t.compiled[id] = f
	return f
}

// builtinFormats are the formats that a workbook names by number only, as a
// Chinese Excel shows them (ECMA-376 part 1, 18.8.30).
var builtinFormats = map[int]string{
	1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00",
	5: `"¥"#,##0;"¥"-#,##0`, 6: `"¥"#,##0;"¥"-#,##0`, 7: `"¥"#,##0.00;"¥"-#,##0.00`, 8: `"¥"#,##0.00;"¥"-#,##0.00`,
	9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
	14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy",
	18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm",
	27: `yyyy"年"m"月"`, 28: `m"月"d"日"`, 29: `m"月"d"日"`, 30: "m-d-yy", 31: `yyyy"年"m"月"d"日"`,
	32: `h"时"mm"分"`, 33: `h"时"mm"分"ss"秒"`, 34: `上午/下午h"时"mm"分"`, 35: `上午/下午h"时"mm"分"ss"秒"`, 36: `yyyy"年"m"月"`,
	37: "#,##0;-#,##0", 38: "#,##0;-#,##0", 39: "#,##0.00;-#,##0.00", 40: "#,##0.00;-#,##0.00",
	41: `#,##0;-#,##0;"-"`, 42: `"¥"#,##0;"¥"-#,##0;"¥""-"`, 43: `#,##0.00;-#,##0.00;"-"`, 44: `"¥"#,##0.00;"¥"-#,##0.00;"¥""-"`,
	45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
	50: `yyyy"年"m"月"`, 51: `m"月"d"日"`, 52: `yyyy"年"m"月"`, 53: `m"月"d"日"`, 54: `m"月"d"日"`,
	55: `上午/下午h"时"mm"分"`, 56: `上午/下午h"时"mm"分"ss"秒"`, 57: `yyyy"年"m"月"`, 58: `m"月"d"日"`,
}
