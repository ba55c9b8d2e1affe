package templates_test

import (
	"strings"
	"testing"

	"taizhang/templates"
)

// Words that point to another cell, numbers that may be two, and choices with a remark
// behind them: what a person could not be sure of is asked about.
func TestCellsThatPointElsewhere(t *testing.T) {
	mutate(t, "petition_ledger", []mutation{
		{"the number as above", `ws["D6"]="同上"`, "partial; R01 D6 fix"},
		{"the number not known yet", `ws["D6"]="待补"`, "partial; R01 D6 fix"},
		{"two numbers in a cell", `ws["D6"]="X3YN202611020012、X3YN202611020013"`, "partial; C07 D6 fix"},
		{"two numbers in two lines", `ws["D6"]="X3YN202611020012\nX3YN202611020013"`, "partial; C07 D6 fix"},
		{"a number with strokes", `ws["D6"]="2026/1102/0012"`, "accepted"},
		{"one number in two lines", `ws["D6"]="X3YN202611020\n012"`, "accepted"},
		{"a number with its document", `ws["D6"]="访受〔2021〕0517031号/补"`, "accepted"},
		{"places and people as above", `ws["J6"]="同上"; ws["O6"]="〃"; ws["P6"]="同上"; ws["AJ6"]="″"`,
			"noted; C14 J6 warn; C14 O6 warn; C14 P6 warn; C14 AJ6 warn"},
		{"what was complained of as above", `ws["K6"]="〃"`, "partial; C01 K6 fix"},
		{"a sentence that begins so", `ws["T6"]="同上一件，现场核查无异常"`, "accepted"},
		{"a longer stroke", `ws["AA6"]="———"`, "accepted; C14 AA6 note"},
	})
	mutate(t, "open_issue_check", []mutation{
		{"the place as above", `ws["C5"]="同上"`, "partial; R01 C5 fix"},
		{"the county as above", `ws["B5"]="同上"`, "noted; C14 B5 warn"},
	})
}

func TestNumbersThatMayBeTwo(t *testing.T) {
	mutate(t, "petition_ledger", []mutation{
		{"a blank between digits", `ws["AA6"]="1 2"`, "partial; C02 AA6 fix"},
		{"a blank between thousands and a unit", `ws["AA6"]="1 234 家"`, "noted; C03 AA6 warn"},
		{"a share in a column of money", `ws["AC5"]="20%"`, "partial; C02 AC5 fix"},
		{"a minus of typesetters", `ws["AA6"]="−3"`, "partial; C06 AA6 fix"},
		{"the batch as it is called", `ws["C6"]="第三批"`, "noted; C03 C6 warn"},
		{"the batch with a figure", `ws["C6"]="第3批次"`, "noted; C03 C6 warn"},
		{"batches in words", `ws["C6"]="三批"`, "noted; C03 C6 warn"},
		{"two batches", `ws["C6"]="第三、四批"`, "partial; C02 C6 fix"},
		{"which firm is no count", `ws["AA6"]="第3家"`, "partial; C02 AA6 fix"},
		{"at least so many", `ws["AA6"]="至少3家"`, "partial; C02 AA6 fix"},
	})
}

func TestChoicesWithMoreInThem(t *testing.T) {
	mutate(t, "petition_ledger", []mutation{
		{"boxes of a paper form", `ws["Y6"]="□已办结 ☑阶段性办结 □正在办理"; ws["F6"]="☑是□否"`, "accepted; C03 F6 note; C03 Y6 note"},
		{"two boxes ticked for one state", `ws["Y6"]="☑已办结 ☑阶段性办结 □正在办理"`, "partial; C05 Y6 fix"},
		{"no box ticked", `ws["F6"]="□是 □否"`, "partial; C05 F6 fix"},
		{"boxes behind their words", `ws["F6"]="是☑否□"`, "partial; C05 F6 fix"},
		{"several kinds ticked", `ws["L6"]="□水 ☑大气 □土壤 ☑生态"`, "accepted; C03 L6 note"},
		{"a box before an unknown kind", `ws["L6"]="☑大气 □光"`, "partial; C05 L6 fix"},
	})
	for text, near := range map[string]string{
		"已办结（2026.5）": "是否指“已办结”？", "正在办理，预计12月底": "是否指“正在办理”？", "已办结,正在办理": "", "已办结。": "是否指“已办结”？",
	} {
		c, county := yunling(t)
		files := mutated(t, c, county, "petition_ledger", []mutation{{name: "state", code: `ws["Y6"]="` + text + `"`}})
		r := c.Judge(bookAt(t, files[0]), templates.Sender{County: county, File: "表.xlsx", Now: exampleDay})
		if said := r.Findings[0].Message; r.Findings[0].Code != "C05" || strings.Contains(said, "是否指") != (near != "") || !strings.Contains(said, near) {
			t.Errorf("%s: %s, want %q", text, said, near)
		}
	}
}
