package sheets

import (
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

// packedAt packs data at a level of compression, with a flush now and then so
// that there are several blocks.
func packedAt(tb testing.TB, data []byte, level, piece int) []byte {
	tb.Helper()
	var buf bytes.Buffer
	w, err := flate.NewWriter(&buf, level)
	for len(data) > 0 && err == nil {
		n := min(piece, len(data))
		if _, err = w.Write(data[:n]); err == nil && n < len(data) {
			err = w.Flush()
		}
		data = data[n:]
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		tb.Fatal(err)
	}
	return buf.Bytes()
}

// standard unpacks with the standard library up to a size; more is damage.
func standard(packed []byte, size int) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), int64(size)+1))
	if err == nil && len(data) > size {
		err = errors.New("longer than stated")
	}
	return data, err
}

// sameInflated holds both ways of the inflater against the standard library:
// they take the same data, and refuse the same.
func sameInflated(t *testing.T, packed []byte, size int) {
	t.Helper()
	want, wrong := standard(packed, size)
	out := make([]byte, size)
	n, err := new(inflater).whole(out, packed)
	if (err == nil) != (wrong == nil) || err == nil && !bytes.Equal(out[:n], want) {
		t.Fatalf("whole: %d bytes, %v; the standard library %d bytes, %v", n, err, len(want), wrong)
	}
	var r inflateReader
	r.reset(bytes.NewReader(packed))
	streamed, err := io.ReadAll(io.LimitReader(&r, int64(size)+1))
	if len(streamed) > size {
		err = errors.New("longer than stated")
	}
	if (err == nil) != (wrong == nil) || err == nil && !bytes.Equal(streamed, want) {
		t.Fatalf("stream: %d bytes, %v; the standard library %d bytes, %v", len(streamed), err, len(want), wrong)
	}
}

// inflateSamples are data of every kind: none, runs, noise, few symbols, XML.
func inflateSamples() map[string][]byte {
	rng := rand.New(rand.NewPCG(7, 8))
	noise := make([]byte, 150_000)
	few := make([]byte, 90_000)
	var skewed []byte
	for i := range noise {
		noise[i] = byte(rng.Uint32())
	}
	for i := range few {
		few[i] = "ab"[rng.IntN(2)]
	}
	for len(skewed) < 200_000 { // codes of every length
		skewed = append(skewed, byte(rng.ExpFloat64()*6), byte(rng.ExpFloat64()*20))
	}
	var rows strings.Builder
	for i := range 9000 {
		fmt.Fprintf(&rows, `<row r="%d"><c r="A%d" s="%d" t="s"><v>%d</v></c></row>`, i, i, i%7, rng.IntN(5000))
	}
	return map[string][]byte{
		"nothing": {}, "one byte": {'x'}, "a run": bytes.Repeat([]byte{0}, 300_000),
		"noise": noise, "two symbols": few, "skewed": skewed, "xml": []byte(rows.String()),
		"far copies": append(append(bytes.Clone(noise[:32<<10]), noise[:32<<10]...), noise[:40<<10]...),
		"short runs": []byte(strings.Repeat("abc", 500) + strings.Repeat("abcdefgh", 500) + strings.Repeat("abcdefghi", 500)),
	}
}

// Whatever the level, the pieces and the data: what was packed comes out again.
func TestInflate(t *testing.T) {
	for name, data := range inflateSamples() {
		for level := flate.HuffmanOnly; level <= flate.BestCompression; level++ {
			for _, piece := range []int{97, 4096, 1 << 20} {
				if piece == 97 && len(data) > 100_000 {
					continue
				}
				packed := packedAt(t, data, level, piece)
				out := make([]byte, len(data))
				if n, err := new(inflater).whole(out, packed); err != nil || !bytes.Equal(out[:n], data) {
					t.Fatalf("%s, level %d, pieces of %d: %d bytes of %d, %v", name, level, piece, n, len(data), err)
				}
				sameInflated(t, packed, len(data))
			}
		}
	}
}

// Packed data that are cut off, changed, or longer than stated are damage, and
// exactly where the standard library says so.
func TestInflateDamage(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	for _, data := range inflateSamples() {
		data = data[:min(len(data), 3000)]
		for _, level := range []int{flate.HuffmanOnly, flate.NoCompression, flate.BestSpeed, flate.BestCompression} {
			packed := packedAt(t, data, level, 1000)
			for n := 0; n < len(packed); n += 1 + len(packed)/300 {
				sameInflated(t, packed[:n], len(data))
			}
			for range 300 {
				bad := bytes.Clone(packed)
				bad[rng.IntN(len(bad))] ^= 1 << rng.IntN(8)
				sameInflated(t, bad, len(data)+rng.IntN(3))
			}
			if len(data) > 0 {
				sameInflated(t, packed, len(data)-1)
			}
			sameInflated(t, append(packed, "what follows"...), len(data))
		}
	}
}

// The bits of a deflated block, first to last as they are read.
func blockOf(fields ...string) []byte {
	var b []byte
	for i, bit := range strings.Join(fields, "") {
		if i%8 == 0 {
			b = append(b, 0)
		}
		b[i/8] |= byte(bit-'0') << (i % 8)
	}
	return b
}

// Codes that no packer writes, but that a hand may: the standard says which of
// them are sound.
func TestInflateOddCodes(t *testing.T) {
	const last, fixed = "1", "10"
	for _, tt := range []struct {
		name  string
		block []byte
		want  string
		sound bool
	}{
		{"empty", blockOf(last, fixed, "0000000"), "", true},
		{"a literal", blockOf(last, fixed, "01110001", "0000000"), "A", true},
		{"a run of a literal", blockOf(last, fixed, "01110001", "0000001", "00000", "0000000"), "AAAA", true},
		{"a copy from before the beginning", blockOf(last, fixed, "01110001", "0000001", "00001", "0000000"), "", false},
		{"length symbol 286", blockOf(last, fixed, "01110001", "11000110", "00000", "0000000"), "", false},
		{"distance symbol 30", blockOf(last, fixed, "01110001", "0000001", "11110", "0000000"), "", false},
		{"no end", blockOf(last, fixed, "01110001"), "", false},
		{"block type 3", blockOf(last, "11", "0000000"), "", false},
		{"not the last block", blockOf("0", fixed, "0000000"), "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out := make([]byte, 100)
			n, err := new(inflater).whole(out, tt.block)
			if (err == nil) != tt.sound || tt.sound && string(out[:n]) != tt.want {
				t.Errorf("%q, %v", out[:n], err)
			}
			sameInflated(t, tt.block, 100)
		})
	}
}

func FuzzInflate(f *testing.F) {
	for _, data := range inflateSamples() {
		data = data[:min(len(data), 2000)]
		for _, level := range []int{flate.HuffmanOnly, flate.NoCompression, flate.BestSpeed, flate.BestCompression} {
			f.Add(packedAt(f, data, level, 700), uint16(len(data)))
		}
	}
	f.Add(deflatedRun, uint16(4096))
	f.Fuzz(func(t *testing.T, packed []byte, size uint16) { sameInflated(t, packed, int(size)) })
}

// deflatedRun has one distance code of one bit, as zlib writes a run.
var deflatedRun = []byte{0xed, 0xc1, 0x01, 0x01, 0x00, 0x00, 0x00, 0x80, 0x90, 0xfe, 0xaf, 0xee, 0x08, 0x0a, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00}
