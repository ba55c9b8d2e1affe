//go:build unix

package bench

import (
	"bytes"
	"fmt"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"taizhang/sheets"
)

const (
	largeRows = 100_000
	largeCols = 15
)

// largeBook writes 100,000 rows of texts, counts, amounts and dates.
func largeBook(tb testing.TB) []byte {
	tb.Helper()
	f := excelize.NewFile()
	defer f.Close()
	styles := formStyles(tb, f)
	must(tb, f.SetColStyle("Sheet1", "D:D", styles[1]))
	must(tb, f.SetColStyle("Sheet1", "L:L", styles[2]))
	for r := range largeRows {
		row := append(formRow(r/formRows, r%formRows), r, fmt.Sprintf("联系人%d", r%500), float64(r)/4)
		must(tb, f.SetSheetRow("Sheet1", sheets.Address(1, r+1), &row))
	}
	var out bytes.Buffer
	_, err := f.WriteTo(&out)
	must(tb, err)
	return out.Bytes()
}

// reportHeap reports how much of the heap a workbook that was read keeps, its cells
// with all that they say, and how much was in use at the worst moment of reading,
// those included. The collector is made to run often, so that what counts is what
// is in use and not what waits to be collected.
func reportHeap(b *testing.B, book []byte) {
	defer debug.SetGCPercent(debug.SetGCPercent(5))
	runtime.GC()
	before, stop, worst := heapInUse(), make(chan struct{}), make(chan uint64)
	go func() {
		var most uint64
		for {
			select {
			case <-stop:
				worst <- most
				return
			case <-time.After(time.Millisecond):
				most = max(most, heapInUse())
			}
		}
	}()
	read, err := sheets.Read(bytes.NewReader(book), int64(len(book)), sheets.DefaultLimits())
	must(b, err)
	close(stop)
	most := <-worst
	runtime.GC()
	kept := heapInUse() - before
	if rows := len(read.Sheets[0].Rows); rows != largeRows {
		b.Fatalf("%d rows", rows)
	}
	b.ReportMetric(float64(kept)/(1<<20), "MiB-cells")
	b.ReportMetric(float64(most-before)/(1<<20), "MiB-peak")
}

func heapInUse() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
