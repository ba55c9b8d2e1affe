package templates

// Type says what a field type is to the rules and to the store. How its cells
// are read stands in typerOf, under the same name.
type Type struct {
	Title    string   // for people
	Number   bool     // a decimal in rules; may be added up
	List     bool     // a list of texts in rules
	Day      bool     // an ISO day or month in rules: may be compared with < and >
	Suffixes []string // further columns beside the field's own
}

// Types is every type a field may have.
var Types = map[string]Type{
	"text":     {Title: "文字"},
	"int":      {Title: "整数", Number: true},
	"decimal":  {Title: "小数", Number: true},
	"date":     {Title: "日期", Day: true},
	"month":    {Title: "月份", Day: true},
	"enum":     {Title: "单选"},
	"multi":    {Title: "多选", List: true},
	"bool":     {Title: "是否"}, // canonical text 是 or 否
	"unit":     {Title: "报送单位"},
	"deadline": {Title: "时限", Suffixes: []string{"_on", "_open"}}, // text, its day, goes on for ever (是, 否)
}

// boolWords are the two canonical texts of the type bool.
var boolWords = []string{"是", "否"}
