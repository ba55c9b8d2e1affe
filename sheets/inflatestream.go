package sheets

import "io"

// inflateReader unpacks a stream through a window of its own.
type inflateReader struct {
	z    inflater
	src  io.Reader
	in   []byte
	from int   // unpacked bytes up to here were handed on
	err  error // the source's end, or its trouble
	done error
}

const (
	inflateIn  = 16 << 10
	inflateOut = 256 << 10
	// inflateRoom is more than one turn of the inflater writes beyond where it is
	// to stop.
	inflateRoom = 300
)

// reset begins another stream.
func (r *inflateReader) reset(src io.Reader) {
	if r.in == nil {
		r.in, r.z.out = make([]byte, inflateIn), make([]byte, inflateOut)
	}
	out := r.z.out
	r.z.begin()
	r.z.in, r.z.out, r.z.open = r.in[:0], out, true
	r.z.stop = len(out) - inflateRoom
	r.src, r.from, r.err, r.done = src, 0, nil, nil
}

// Read returns io.EOF when the packed data end as they should; what follows them
// in the source is left.
func (r *inflateReader) Read(b []byte) (int, error) {
	for r.from == r.z.n {
		if r.done != nil {
			return 0, r.done
		}
		r.more()
	}
	n := copy(b, r.z.out[r.from:r.z.n])
	r.from += n
	return n, nil
}

// more unpacks until the window is full, keeping what copies can reach.
func (r *inflateReader) more() {
	z := &r.z
	if z.n > history {
		z.n = copy(z.out, z.out[z.n-history:z.n])
		r.from = z.n
	}
	for r.done == nil && z.n <= z.stop {
		r.fill()
		switch err := z.run(); {
		case r.err != nil && r.err != io.EOF:
			r.done = r.err
		case err != nil:
			r.done = err
		case z.state == inflateDone:
			r.done = io.EOF
		}
	}
}

// fill brings more of the packed bytes.
func (r *inflateReader) fill() {
	z := &r.z
	if !z.starved() {
		return
	}
	z.giveBack()
	kept := copy(r.in, z.in[z.at:])
	n := kept
	for n < len(r.in) && r.err == nil {
		var m int
		m, r.err = r.src.Read(r.in[n:])
		n += m
	}
	z.in, z.at, z.open = r.in[:n], 0, r.err == nil
}

// forget lets go of the source.
func (r *inflateReader) forget() { r.src = nil }
