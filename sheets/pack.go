package sheets

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"io/fs"

	"github.com/klauspost/compress/flate"
)

// pack is a zip archive in the making. It holds its entries compressed until it
// is written, sorted by name ([Content_Types].xml comes first), without times:
// the same entries give the same bytes in whatever order they were made. It is
// an excelize.ZipWriter.
type pack struct {
	parts  map[string]*part
	sealed map[string]bool // parts that a later Create must not replace
}

// part is one entry: compressed as it is written.
type part struct {
	data bytes.Buffer
	zip  *flate.Writer
	sum  hash.Hash32
	size uint64
}

func newPack() *pack {
	return &pack{parts: map[string]*part{}, sealed: map[string]bool{}}
}

// Create begins an entry. An entry that was replaced swallows what is written.
func (p *pack) Create(name string) (io.Writer, error) {
	if p.sealed[name] {
		return io.Discard, nil
	}
	z := &part{sum: crc32.NewIEEE()}
	var err error
	if z.zip, err = flate.NewWriter(&z.data, flate.DefaultCompression); err != nil {
		return nil, err
	}
	p.parts[name] = z
	return z, nil
}

// replace sets an entry once and for all.
func (p *pack) replace(name string, content []byte) error {
	w, err := p.Create(name)
	if err != nil {
		return err
	}
	p.sealed[name] = true
	_, err = w.Write(content)
	return err
}

// AddFS is part of excelize.ZipWriter; excelize never calls it.
func (p *pack) AddFS(fs.FS) error { return errors.New("pack: folders are not packed") }

// Close is part of excelize.ZipWriter; WriteTo does the work.
func (p *pack) Close() error { return nil }

func (z *part) Write(b []byte) (int, error) {
	z.sum.Write(b)
	z.size += uint64(len(b))
	return z.zip.Write(b)
}

// WriteTo writes the archive.
func (p *pack) WriteTo(w io.Writer) (int64, error) {
	names := sortedKeys(p.parts)
	out := &counter{w: w}
	archive := zip.NewWriter(out)
	for _, name := range names {
		if err := p.parts[name].store(archive, name); err != nil {
			return out.n, fmt.Errorf("pack %s: %w", name, err)
		}
	}
	err := archive.Close()
	return out.n, err
}

func (z *part) store(archive *zip.Writer, name string) error {
	if err := z.zip.Close(); err != nil {
		return err
	}
	w, err := archive.CreateRaw(&zip.FileHeader{
		Name: name, Method: zip.Deflate, CRC32: z.sum.Sum32(),
		CompressedSize64: uint64(z.data.Len()), UncompressedSize64: z.size,
	})
	if err != nil {
		return err
	}
	_, err = w.Write(z.data.Bytes())
	return err
}

type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}
