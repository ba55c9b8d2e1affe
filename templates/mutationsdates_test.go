package templates_test

import "testing"

// Excel makes a day of a month that is typed: 2026年12月 is stored as the 1st and shown
// as the month. A time of day is shown or not, and a number may be meant for a month.
func TestDatesThatExcelMade(t *testing.T) {
	mutate(t, "petition_ledger", []mutation{
		{"a month typed for a day", `ws["G6"]=datetime.datetime(2026,11,1); ws["G6"].number_format='yyyy"年"m"月"'`, "partial; C04 G6 fix"},
		{"a month typed for a day, shown in English", `ws["G6"]=datetime.datetime(2026,11,1); ws["G6"].number_format="mmm-yy"`, "partial; C04 G6 fix"},
		{"a day of which only the month is shown", `ws["G6"].number_format='yyyy"年"m"月"'`, "accepted; C03 G6 note"},
		{"the first, shown whole", `ws["G6"]=datetime.datetime(2026,11,1); ws["G6"].number_format="yyyy/m/d"`, "accepted"},
		{"a time that is shown", `ws["G6"]=datetime.datetime(2026,11,2,18,30); ws["G6"].number_format="yyyy-mm-dd hh:mm"`, "accepted; C03 G6 note"},
		{"a time that is not shown", `ws["G6"]=datetime.datetime(2026,11,2,18,30); ws["G6"].number_format="yyyy-mm-dd"`, "accepted"},
		{"midnight", `ws["G6"]=datetime.datetime(2026,11,2); ws["G6"].number_format="yyyy-mm-dd hh:mm"`, "accepted"},
		{"a month as deadline", `ws["W6"]=datetime.datetime(2026,12,1); ws["W6"].number_format='yyyy"年"m"月"'`, "accepted"},
		{"a month as deadline, shown in English", `ws["W6"]=datetime.datetime(2026,12,1); ws["W6"].number_format="mmm-yy"`, "accepted; C03 W6 note"},
		{"2026.12 as deadline", `ws["W6"]=2026.12`, "accepted"},
		{"2026.1 as deadline, or 2026.10", `ws["W6"]=2026.1`, "noted; C04 W6 warn"},
		{"a year as deadline", `ws["W6"]=2026`, "noted; C04 W6 warn"},
	})
}
