package sheets

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// partReader unpacks one large entry of the zip within the limits; a small one is
// unpacked in one go (wholePart). At the end it compares length and checksum, so an entry read to io.EOF is whole.
type partReader struct {
	entry *entry
	lim   *Limits
	from  int64 // where the packed bytes begin
	file  fileReader
	src   io.Reader
	sum   uint32
	n     int64
	err   error
}

// Read returns a *Problem when the entry is damaged or beyond a limit, and
// another error when the file itself could not be read.
func (p *partReader) Read(b []byte) (int, error) {
	if p.err != nil {
		return 0, p.err
	}
	n, err := p.src.Read(b)
	p.n += int64(n)
	p.sum = crc32.Update(p.sum, crc32.IEEETable, b[:n])
	if err != nil || p.n > p.entry.unpacked {
		p.err = p.finish(err)
	} else if p.n > p.lim.RatioFrom && p.entry.unpacked > p.lim.Ratio*p.entry.packed {
		p.err = beyond("ratio", p.entry.name, p.entry.unpacked/max(p.entry.packed, 1), p.lim.Ratio)
	}
	return n, p.err
}

// finish says how the entry ended.
func (p *partReader) finish(err error) error {
	if p.file.err != nil {
		return fmt.Errorf("read %s: %w", p.entry.name, p.file.err)
	}
	if !errors.Is(err, io.EOF) || p.n != p.entry.unpacked || p.sum != p.entry.sum {
		return trouble("crc", p.entry.name)
	}
	p.entry.read = true
	return io.EOF
}

// drain reads a part to its end, so that its checksum counts.
func (p *partReader) drain(scratch []byte) error {
	for {
		_, err := p.Read(scratch)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// fileReader remembers a failure of the file, which is no fault of the sender.
type fileReader struct {
	r   io.Reader
	err error
}

func (f *fileReader) Read(b []byte) (int, error) {
	n, err := f.r.Read(b)
	if err != nil && err != io.EOF {
		f.err = err
	}
	return n, err
}
