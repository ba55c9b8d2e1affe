package templates

import (
	"net/mail"
	"net/netip"
	"regexp"
	"strings"
)

// MailAddress is the e-mail address in a text, with or without a name before it,
// and whether a letter may go there: plain ASCII, at most 254 characters, at a
// named host and never at a bare number.
func MailAddress(text string) (address string, ok bool) {
	if strings.ContainsAny(text, "\r\n") {
		return "", false
	}
	parsed, err := mail.ParseAddress(text)
	if err != nil || len(parsed.Address) > 254 || !mailShape.MatchString(parsed.Address) {
		return "", false
	}
	local, host, _ := strings.Cut(parsed.Address, "@")
	if _, err := netip.ParseAddr(host); err == nil || len(local) > 64 {
		return "", false
	}
	return parsed.Address, true
}

// mailShape is what mail servers agree on: words joined by single dots, an @,
// and the labels of a host.
var mailShape = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*" +
	`@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+$`)

// AddressWanted says in words what MailAddress takes.
const AddressWanted = "例如 hb@example.gov.cn：只用英文字母、数字和符号，最多 254 个字符，@ 后面是域名，不能是 IP 地址 (plain ASCII, a host name, no bare IP)"
