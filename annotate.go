package main

import (
	"runtime/debug"

	"taizhang/sheets"
)

// annotateCmd is the child process that touches a county's workbook with a
// library that may need much memory; its parent limits and checks it.
type annotateCmd struct{}

func (annotateCmd) Run(t *terminal) error {
	debug.SetGCPercent(collectOften) // what it holds at once is most of what it has
	return sheets.AnnotateChild(t.In, t.Out)
}
