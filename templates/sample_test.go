package templates_test

import (
	"strings"
	"time"

	"taizhang/templates"

	"github.com/shopspring/decimal"
)

// column makes a field from its printed title; levels are parted by a slash.
func column(name, title, kind string) *templates.Field {
	return &templates.Field{Name: name, Path: strings.Split(title, "/"), Type: kind}
}

func numbered(f *templates.Form) *templates.Form {
	for i, field := range f.Fields {
		field.Index = i
	}
	return f
}

// caseSummary is 附件2 of the notice: two header levels.
func caseSummary() *templates.Form {
	f := &templates.Form{
		Name: "case_summary", Title: "第二轮第一批中央生态环境保护督察群众举报问题办理情况汇总表",
		Version: 1, Kind: templates.Report, Key: []string{"unit"},
		Band: templates.Band{Unit: "填报单位(公章)", Date: "填报日期"}, Notes: []string{"注：数据截至2019年*月*日"},
	}
	for _, c := range [][2]string{
		{"unit", "市/州"}, {"assigned", "交办数量(件)"}, {"closed_true", "已办结(件)/属实"},
		{"closed_false", "已办结(件)/不属实"}, {"closed", "已办结(件)/合计"}, {"stage", "阶段办结(件)"},
		{"orders", "责令整改(家)"}, {"penalties", "立案处罚(家)"}, {"fine", "罚款金额(万元)"},
		{"probes", "立案侦查(件)"}, {"detain_admin", "拘留(人)/行政"}, {"detain_crim", "拘留(人)/刑事"},
		{"talks", "约谈(人)"}, {"accountable", "问责(人)"},
	} {
		field := column(c[0], c[1], "int")
		switch c[0] {
		case "unit":
			field.Path, field.Type, field.Required = []string{"市/州"}, "unit", true
		case "fine":
			field.Type, field.Scale, field.Unit = "decimal", 2, "万元"
		}
		f.Fields = append(f.Fields, field)
	}
	return numbered(f)
}

// petitionLedger is a wide ledger with three header levels.
func petitionLedger() *templates.Form {
	f := &templates.Form{Name: "petition_ledger", Title: "群众信访举报件办理台账", Version: 3, Kind: templates.Ledger, Key: []string{"case_no"}}
	for _, c := range [][3]string{
		{"seq", "序号", "int"}, {"case_no", "受理编号", "text"}, {"channel", "受理方式", "enum"},
		{"assigned_on", "交办日期", "date"}, {"address", "举报地点", "text"}, {"complaint", "交办问题基本情况", "text"},
		{"types", "污染类型", "multi"}, {"deadline", "整改时限", "deadline"}, {"status", "办结状态", "enum"},
		{"orders", "查处情况/企业/责令整改(家)", "int"}, {"fine", "查处情况/企业/罚款金额", "decimal"},
		{"detain_admin", "查处情况/拘留/行政", "int"}, {"detain_crim", "查处情况/拘留/刑事", "int"},
		{"note", "备注", "text"},
	} {
		f.Fields = append(f.Fields, column(c[0], c[1], c[2]))
	}
	by := map[string]*templates.Field{}
	for _, field := range f.Fields {
		by[field.Name] = field
	}
	by["seq"].Serial = true
	by["case_no"].Required, by["case_no"].Frozen, by["case_no"].Example = true, true, "D530000202104060001"
	by["channel"].Enum = []string{"来电", "来信", "微信", "网络", "其他"}
	by["types"].Enum = []string{"水", "大气", "土壤", "生态", "噪声", "辐射", "海洋", "固废", "其他"}
	by["status"].Enum = []string{"已办结", "阶段性办结", "正在办理"}
	by["fine"].Unit, by["fine"].Scale = "万元", 2
	by["detain_admin"].Unit, by["detain_crim"].Unit = "人", "人"
	by["note"].City = true
	return numbered(f)
}

func figure(text string) templates.TableCell {
	d := decimal.RequireFromString(strings.TrimSuffix(text, "%"))
	if strings.HasSuffix(text, "%") {
		d = d.Shift(-2)
	}
	return templates.TableCell{Text: text, Number: &d}
}

// completion is a summary with its figures printed half-up.
func completion() *templates.Table {
	word := func(s string) templates.TableCell { return templates.TableCell{Text: s} }
	return &templates.Table{
		Name: "completion", Title: "群众信访举报件办结情况统计表", Form: "petition_ledger", Period: "2021-04-24",
		AsOf: time.Date(2021, 4, 24, 2, 5, 0, 0, time.UTC),
		Columns: []templates.TableColumn{
			{Name: "county", Path: []string{"县区"}, Kind: "text"},
			{Name: "all", Path: []string{"交办(件)"}, Kind: "count"},
			{Name: "closed", Path: []string{"办理情况", "已办结(件)"}, Kind: "count"},
			{Name: "open", Path: []string{"办理情况", "未办结(件)"}, Kind: "count"},
			{Name: "rate", Path: []string{"办结率"}, Kind: "rate", Decimals: 1},
			{Name: "fine", Path: []string{"罚款(万元)"}, Kind: "sum", Decimals: 2},
			{Name: "rank", Path: []string{"排名"}, Kind: "rank"},
		},
		Rows: [][]templates.TableCell{
			{word("隆阳区"), figure("12"), figure("10"), figure("2"), figure("83.3%"), figure("12.50"), figure("1")},
			{word("腾冲市"), figure("14"), figure("10"), figure("4"), figure("71.4%"), figure("0.00"), figure("2")},
			{word("龙陵县"), figure("0"), figure("0"), figure("0"), word("—"), figure("0.00"), word("—")},
		},
		Total:   []templates.TableCell{word("合计"), figure("26"), figure("20"), figure("6"), figure("76.9%"), figure("12.50"), word("")},
		Notes:   []string{"办结率＝已办结÷交办，四舍五入，保留一位小数。", "未报县区：昌宁县。", "待改未计入 3 行。"},
		Missing: []string{"昌宁县"}, HeldRows: 3,
	}
}
