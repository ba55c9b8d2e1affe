package watcher

import "errors"

// A place is an open directory of the share; place_unix.go and
// place_windows.go say how it is read without following links. Their errors
// name no file, so that they can be logged.
var (
	errGone     = errors.New("it is not there")
	errDenied   = errors.New("no permission to read it")
	errLinked   = errors.New("the file has another name")
	errNoFolder = errors.New("it is not a folder")
)

// print is what the file system says about an entry. While it stays the same,
// the bytes are taken to be the same. Where the system does not tell a part,
// it is zero.
type print struct {
	dev, ino     uint64
	size         int64 // bytes
	mtime, ctime int64 // ns since 1970
}

// ident is the identity of a directory.
type ident struct{ dev, ino uint64 }

// kind is the sort of an entry.
type kind int

const (
	regular kind = iota
	directory
	link
	special
)

// stat is an entry as it was seen, links not followed.
type stat struct {
	print print
	kind  kind
	links uint64 // names that lead to it; 1 where it is not known
}

func (s stat) isRegular() bool { return s.kind == regular }
func (s stat) isDir() bool     { return s.kind == directory }
func (s stat) isLink() bool    { return s.kind == link }

// mark is the print that tells whether to look at the entry again. What
// happens inside a directory does not make it another one.
func (s stat) mark() print {
	if s.isDir() {
		return print{dev: s.print.dev, ino: s.print.ino}
	}
	return s.print
}

// odd says why an entry is not brought in, by its looks alone; empty: it may be.
func (s stat) odd(max int64) string {
	switch {
	case s.isDir():
		return OddFolder
	case s.isLink():
		return OddLink
	case !s.isRegular():
		return OddSpecial
	case s.links > 1:
		return OddHardLink
	case s.print.size > max:
		return OddSize
	}
	return ""
}
