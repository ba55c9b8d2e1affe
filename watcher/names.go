package watcher

import (
	"fmt"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What other programs leave beside a document while they work on it, and
// what no person means to send. Prefixes and names are compared in lower case.
var (
	skippedPrefixes = []string{
		".",    // hidden; .~lock.x.xlsx# of LibreOffice; rsync and Syncthing; our own unfinished files
		"~$",   // owner file of Excel, Word and WPS
		"~wps", // working file of WPS
		"~",    // the other working files of Office
	}
	skippedSuffixes = []string{
		"~", "#", // backup and lock of editors
		".tmp", ".temp", ".part", ".partial", ".crdownload", ".download", ".downloading",
		".opdownload", ".filepart", ".td", ".xltd", ".aria2", // unfinished downloads and copies
	}
	skippedNames   = []string{"desktop.ini", "thumbs.db", "ehthumbs.db"}
	skippedFolders = []string{
		"@eadir", "@recycle", "#recycle", "#snapshot", "$recycle.bin", "recycler",
		"system volume information", "lost+found",
	}
)

// documents are the kinds of file that a person puts into the folder of
// answers on purpose. Our own receipts there are plain text and stay unread.
var documents = map[string]bool{
	".xlsx": true, ".xls": true, ".xlsm": true, ".xlsb": true, ".xltx": true, ".et": true, ".ett": true,
	".ods": true, ".csv": true, ".numbers": true, ".pdf": true, ".ofd": true,
	".doc": true, ".docx": true, ".wps": true, ".odt": true, ".rtf": true, ".ppt": true, ".pptx": true,
	".html": true, ".htm": true, ".mht": true, ".xml": true,
	".zip": true, ".rar": true, ".7z": true, ".gz": true, ".eml": true,
	".jpg": true, ".jpeg": true, ".png": true, ".bmp": true, ".gif": true, ".tif": true, ".tiff": true, ".webp": true, ".heic": true,
}

// zipped are the kinds whose own checksums show a missing part. The others
// have to rest longer before they are believed.
var zipped = map[string]bool{
	".xlsx": true, ".xlsm": true, ".xltx": true, ".xlsb": true, ".ods": true, ".docx": true, ".zip": true,
}

// Skips reports whether a file of this name is passed over without a word:
// lock and temporary files, system files, and names without an extension
// (Excel's working copies have none).
func Skips(name string) bool {
	low := strings.ToLower(name)
	for _, prefix := range skippedPrefixes {
		if strings.HasPrefix(low, prefix) {
			return true
		}
	}
	for _, suffix := range skippedSuffixes {
		if strings.HasSuffix(low, suffix) {
			return true
		}
	}
	return contains(skippedNames, low) || len(filepath.Ext(name)) < 2
}

// SkipsAnswer is the same for a file in the folder of answers, where only
// documents count.
func SkipsAnswer(name string) bool {
	return Skips(name) || !documents[extension(name)]
}

// skipsFolder reports whether a folder is the system's and no county's.
func skipsFolder(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~") ||
		contains(skippedFolders, strings.ToLower(name))
}

// CheckFolder answers a *NameError for a name that a folder in a share cannot have: one
// that CheckName refuses, or that is passed over as the system's or our own.
func CheckFolder(name string) error {
	if err := CheckName(name); err != nil {
		return err
	}
	if skipsFolder(name) || name == answers {
		return &NameError{Name: name, Why: "这个名称的文件夹不会被读取 (a folder of this name is passed over)"}
	}
	return nil
}

func extension(name string) string { return strings.ToLower(filepath.Ext(name)) }

func contains(list []string, name string) bool {
	for _, each := range list {
		if each == name {
			return true
		}
	}
	return false
}

// NameError refuses a name for a file or folder. Its text says what to change.
type NameError struct {
	Name string
	Why  string // Chinese first, with the English in brackets
}

func (e *NameError) Error() string {
	return fmt.Sprintf("文件名 %q 不能使用：%s", e.Name, e.Why)
}

// longest is how many bytes a name may have on the file systems we meet.
const longest = 255

// CheckName answers a *NameError when the name is not safe to write on every
// system: separators, characters and names that Windows reserves, control and
// direction marks, bytes that are not UTF-8, a blank or full stop at an end,
// or more than 255 bytes.
func CheckName(name string) error {
	why := ""
	switch {
	case name == "" || name == "." || name == "..":
		why = "请填写名称 (a name is needed)"
	case !utf8.ValidString(name):
		why = "含有无法识别的字符，请重新命名 (not UTF-8)"
	case len(name) > longest:
		why = "名称过长，请缩短 (too long)"
	case strings.ContainsAny(name, `/\:*?"<>|`):
		why = `请去掉 / \ : * ? " < > | (characters that are not allowed)`
	case strings.ContainsFunc(name, unseen):
		why = "含有不可见的控制字符，请重新命名 (control characters)"
	case strings.TrimSpace(name) != name || strings.HasSuffix(name, "."):
		why = "开头或结尾不能是空格，结尾不能是句点 (a blank at an end, or a full stop at the last)"
	case reserved(name):
		why = "这是系统保留的名称，请改名 (reserved by Windows)"
	}
	if why == "" {
		return nil
	}
	return &NameError{Name: name, Why: why}
}

// unseen are control characters and the marks that change the order in which
// text is shown, so that a name would look like another one.
func unseen(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' || r == '\uFEFF'
}

// reserved reports the device names of Windows, with any extension.
func reserved(name string) bool {
	stem, _, _ := strings.Cut(strings.ToUpper(name), ".")
	stem = strings.TrimRight(stem, " ")
	switch stem {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	port, ok := strings.CutPrefix(stem, "COM")
	if !ok {
		port, ok = strings.CutPrefix(stem, "LPT")
	}
	return ok && utf8.RuneCountInString(port) == 1 && strings.Contains("0123456789¹²³", port)
}
