package templates

import "strings"

// Shown makes a foreign text safe to show: one line, no control characters or
// marks that turn the direction of writing, and at most so many characters.
func Shown(s string, most int) string {
	s = strings.Map(func(c rune) rune {
		switch {
		case c == '\n' || c == '\t' || c == '\r':
			return ' '
		case c < 0x20 || c >= 0x7f && c < 0xa0 || c == '\ufeff',
			c >= '\u200b' && c <= '\u200f', c >= '\u202a' && c <= '\u202e', c >= '\u2060' && c <= '\u2069':
			return -1
		}
		return c
	}, strings.ToValidUTF8(s, "\ufffd"))
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}
