package merge

import (
	"errors"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Condition is what an error says of the disk.
type Condition int

// The conditions.
const (
	Sound  Condition = iota // it says nothing
	Full                    // no room: try again later, nothing is lost
	Broken                  // the database or its disk cannot be trusted: stop
)

// locked says whether a database is kept from being read or written by permissions,
// or by what lies in its place.
func locked(err error) bool {
	var s *sqlite.Error
	if !errors.As(err, &s) {
		return false
	}
	code := s.Code() & 0xff
	return code == sqlite3.SQLITE_CANTOPEN || code == sqlite3.SQLITE_READONLY || code == sqlite3.SQLITE_PERM
}

// ConditionOf tells a full disk and a broken database or disk from other errors.
func ConditionOf(err error) Condition {
	if errors.Is(err, errReplaced) {
		return Broken
	}
	var s *sqlite.Error
	if errors.As(err, &s) {
		switch {
		case s.Code()&0xff == sqlite3.SQLITE_FULL, s.Code() == sqlite3.SQLITE_IOERR_SHMSIZE:
			return Full // the shared memory file is grown before it is used
		case s.Code()&0xff == sqlite3.SQLITE_IOERR, s.Code()&0xff == sqlite3.SQLITE_CORRUPT,
			s.Code()&0xff == sqlite3.SQLITE_NOTADB, s.Code() == sqlite3.SQLITE_READONLY_DBMOVED:
			return Broken
		}
	}
	if noRoom(err) {
		return Full
	}
	if errors.Is(err, syscall.EIO) {
		return Broken
	}
	return Sound
}
