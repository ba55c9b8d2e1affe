package main

import "runtime/debug"

// Reading a form leaves much behind and keeps little, so that the collector, left
// to itself, goes round for every few forms and takes an eighth of all processor
// time. It lets five times what is in use come together instead. That must not
// make a large workbook larger: from the limit on it collects as often as it has to.
const (
	collectAt    = 400       // percent of what is in use, see debug.SetGCPercent
	roomyEnough  = 160 << 20 // bytes
	collectOften = 100       // the runtime's own percentage
)

// collectLess trades memory that is there for processor time.
func collectLess() {
	debug.SetGCPercent(collectAt)
	debug.SetMemoryLimit(roomyEnough)
}
