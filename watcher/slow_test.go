package watcher

import (
	"crypto/sha256"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// A share hangs in the middle of a file and answers again after a while, once with
// a file that became shorter meanwhile: nothing of what was read is kept, others
// go on, and what comes to rest arrives once and whole.
func TestAFileThatHangsHalfRead(t *testing.T) {
	for name, now := range map[string]string{"the same": "", "cut meanwhile": "短", "longer": "长"} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.deafen()
			r.mkdir("清溪县")
			far := true // with a lease on the file, whoever writes would wait
			r.Network, r.SettleNetwork, r.RescanNetwork = &far, settle, settle
			content := strings.Repeat("内容", 200_000) // several readings long
			gate, half := make(chan struct{}), make(chan struct{})
			var once sync.Once
			r.call = func(in string) error {
				if left, _ := os.ReadDir(filepath.Join(r.Archive, "tmp")); in == "丰和区" && len(left) > 0 {
					if st, err := left[0].Info(); err == nil && st.Size() > 0 {
						once.Do(func() { close(half); <-gate })
					}
				}
				return nil
			}
			r.write("丰和区/a.xlsx", content)
			r.start()
			<-half
			r.write("清溪县/b.xlsx", "B")
			r.expect("清溪县/b.xlsx=B")
			switch now {
			case "短":
				r.must(os.Truncate(r.path("丰和区/a.xlsx"), 300_000))
				content = content[:300_000]
			case "长":
				content += strings.Repeat("更多", 100_000)
				r.write("丰和区/a.xlsx", content)
			}
			close(gate)
			r.expect("清溪县/b.xlsx=B", "丰和区/a.xlsx="+content)
		})
	}
}

// oneByte gives what it has a byte at a time, and now and then nothing, as a
// network share may.
type oneByte struct {
	src   io.Reader
	calls int
}

func (o *oneByte) Read(buf []byte) (int, error) {
	if o.calls++; o.calls%3 == 0 {
		return 0, nil
	}
	return o.src.Read(buf[:1])
}

// A share that gives a file in the shortest pieces gives the whole file.
func TestShortReads(t *testing.T) {
	r := newRig(t)
	own, err := r.settled()
	r.must(err)
	store, err := own.openArchive()
	r.must(err)
	content := strings.Repeat("内容", 5000)
	got, err := store.copy(t.Context(), &oneByte{src: strings.NewReader(content)}, 1<<20, make([]byte, 128<<10))
	r.must(err)
	defer got.discard()
	blob, err := store.keep(got)
	r.must(err)
	if sum := sha256.Sum256([]byte(content)); got.sum != sum || got.size != int64(len(content)) {
		t.Errorf("%d bytes with sum %s", got.size, got.hex())
	}
	if kept, err := os.ReadFile(blob); err != nil || string(kept) != content {
		t.Errorf("kept %d bytes (%v)", len(kept), err)
	}
}
