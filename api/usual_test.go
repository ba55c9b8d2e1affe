package api

import "testing"

// The forms of the tests: a ledger of visits and a report of counts.
const visitsForm = `
form: visits
title: 走访台账
version: 1
kind: ledger
period: {rrule: "DTSTART=20260904;FREQ=MONTHLY;BYMONTHDAY=4,14,24"}
primaryKey: [no]
fields:
  - {name: no, title: 编号, type: text, constraints: {required: true}}
  - {name: place, title: 地点, type: text, constraints: {required: true}}
  - {name: done, title: 是否办结, type: enum, constraints: {required: true, enum: [已办结, 正在办理]}}
  - {name: fine, title: 罚款金额, unit: 万元, type: decimal, scale: 2}
`

const countsForm = `
form: counts
title: 走访统计表
version: 2
kind: report
period: {rrule: "DTSTART=20260904;FREQ=MONTHLY;BYMONTHDAY=4,14,24"}
primaryKey: [unit]
fields:
  - {name: unit, title: 单位名称, type: text, constraints: {required: true}}
  - {name: visits, title: 走访(次), type: int, constraints: {required: true, minimum: 0}}
`

const doneSummary = `
summary: visits_done
title: 各县区走访办结情况
form: visits
by: county
total: true
columns:
  - {name: all, title: 总数, count: "true"}
  - {name: done, title: [其中, 已办结], count: "done == '已办结'"}
  - {name: open, title: [其中, 正在办理], count: "done == '正在办理'"}
  - {name: rate, title: 办结率, rate: [done, all], decimals: 1}
`

const fiveCounties = `
counties:
  - {code: "530102", name: 甲县, aliases: [甲], kind: 县区, contact: 王某, phone: "13800000000", email: [a@example.gov.cn]}
  - {name: 乙县, kind: 县区}
  - {name: 丙县, kind: 县区}
  - {name: 丁区, kind: 县区}
  - {name: 高新区, kind: 功能区}
`

// The files of a usual day.
const (
	goodVisits = `编号|地点|是否办结|罚款金额(万元)
A1|东街 1 号|已办结|1.5
A2|西街 2 号|正在办理|
A3|南街 3 号|已办结|0.25`
	heldVisits = `编号|地点|是否办结|罚款金额(万元)
B1|北街 1 号|已办结|
B2|北街 2 号|办好了|
B3||正在办理|`
	shortVisits = `编号|是否办结|罚款金额(万元)
C1|已办结|1`
	strangeFile = `电话簿
张三|123`
)

// usual is a day on which 甲县 passed, 乙县 has rows to mend, 丙县 was returned,
// 丁区 sent something else, and 高新区 nothing.
func usual(t *testing.T) *office {
	o := open(t)
	o.file("甲县", "走访 11月.xlsx", goodVisits)
	o.file("乙县", "乙县走访.xlsx", heldVisits)
	o.file("丙县", "走访（丙）.xlsx", shortVisits)
	o.file("丁区", "电话.xlsx", strangeFile)
	return o
}
