package sheets

import "testing"

// CellLines writes a sheet's cells for the tests outside the package.
var CellLines = cellLines

// TalkingBook is a workbook with notes and a conversation.
func TalkingBook(tb testing.TB) []byte { return talkingBook().pack(tb) }
