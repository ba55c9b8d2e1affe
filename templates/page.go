package templates

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"
)

// Limits of a YAML file. A form of 100 fields has about 12 KB.
const (
	maxPageSize     = 1 << 20
	maxPageDepth    = 40
	maxPageMistakes = 100
)

// lineBreak is what ends a line in YAML.
var lineBreak = regexp.MustCompile("\r\n|[\n\r\u0085\u2028\u2029]")

// page is one YAML file that is read strictly: what is wrong is gathered with
// its place, and reading goes on.
type page struct {
	file     string
	text     []byte
	lines    []string
	root     *yaml.Node // nil when the file is no YAML mapping
	mistakes Mistakes
	untold   int // mistakes beyond the limit
}

// openPage reads a file from the disk as a page.
func openPage(path string) *page {
	text, err := readLimited(path)
	if err != nil {
		p := &page{file: path}
		p.add(0, 0, fmt.Sprintf("文件打不开：%v", err), "请检查文件是否存在、有没有读取权限")
		var refused *fs.PathError
		if errors.As(err, &refused) && !errors.Is(err, fs.ErrNotExist) {
			p.mistakes[0].Cause = err
		}
		return p
	}
	return newPage(path, text)
}

// readLimited reads a regular file, but never more than one byte beyond the
// limit, which is enough to say that it is too large.
func readLimited(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("不是普通文件")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxPageSize+1))
}

func newPage(file string, text []byte) *page {
	p := &page{file: file, text: text}
	switch {
	case len(text) > maxPageSize:
		p.add(0, 0, "文件超过 1 MiB", "一张表一个文件，请拆开")
	case !utf8.Valid(text):
		p.add(0, 0, "文件不是 UTF-8 编码", "请在记事本中“另存为”，编码选 UTF-8")
	default:
		p.lines = lineBreak.Split(strings.TrimPrefix(string(text), "\ufeff"), -1)
		p.parse()
	}
	return p
}

// parse turns the text into nodes, with the place of each.
func (p *page) parse() {
	var docs []yaml.Node
	loader, err := yaml.NewLoader(strings.NewReader(string(p.text)),
		yaml.WithPlugin(loaderlimits.New(loaderlimits.DepthValue(maxPageDepth))))
	for err == nil && len(docs) < 2 {
		var doc yaml.Node
		if err = loader.Load(&doc); err == nil {
			docs = append(docs, doc)
		}
	}
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		p.syntax(err)
	case len(docs) == 0 || len(docs[0].Content) == 0 || docs[0].Content[0].Tag == "!!null":
		p.add(0, 0, "文件是空的", "")
	case len(docs) > 1:
		p.wrong(&docs[1], "请一个文件只写一份，去掉“---”", "文件里有不止一份内容")
	default:
		p.root = docs[0].Content[0]
	}
}

// syntax reports what the YAML reader could not take.
func (p *page) syntax(err error) {
	hint := "请检查缩进、冒号后面的空格和引号；缩进只能用空格，不能用 Tab"
	var at *yaml.LoadError
	if errors.As(err, &at) {
		p.add(at.Mark.Line, at.Mark.Column, "YAML 写法有误："+at.Message, hint)
		return
	}
	p.add(0, 0, fmt.Sprintf("YAML 写法有误：%v", err), hint)
}

// wrong reports a mistake at a node.
func (p *page) wrong(n *yaml.Node, hint, format string, args ...any) {
	p.add(n.Line, n.Column, fmt.Sprintf(format, args...), hint)
}

func (p *page) add(line, col int, message, hint string) {
	if len(p.mistakes) >= maxPageMistakes {
		p.untold++
		return
	}
	p.mistakes = append(p.mistakes, Mistake{File: p.file, Line: line, Col: col, Message: message, Hint: hint})
}

// all is every mistake of the page.
func (p *page) all() Mistakes {
	if p.untold == 0 {
		return p.mistakes
	}
	more := Mistake{File: p.file, Line: len(p.lines), Col: 1, Message: fmt.Sprintf("另有 %d 处错误未列出", p.untold)}
	return append(p.mistakes, more)
}

// within is the place of the character at an offset of a node's text, so that
// a mistake inside a rule is shown where it stands. Where the file spells the
// text differently, as with escapes and folded lines, it is the node's own place.
func (p *page) within(n *yaml.Node, offset int) (line, col int) {
	text := []rune(n.Value)
	offset = min(offset, len(text))
	if n.Style&yaml.LiteralStyle != 0 {
		return p.withinBlock(n, string(text[:offset]))
	}
	col = n.Column
	if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
		col++
	}
	if n.Line < 1 || n.Line > len(p.lines) {
		return n.Line, n.Column
	}
	source := []rune(p.lines[n.Line-1])
	if col-1+offset > len(source) || string(source[col-1:col-1+offset]) != string(text[:offset]) {
		return n.Line, n.Column
	}
	return n.Line, col + offset
}

// withinBlock finds the end of the text before an offset in a literal block.
func (p *page) withinBlock(n *yaml.Node, before string) (line, col int) {
	rows := strings.Split(before, "\n")
	last := rows[len(rows)-1]
	line = n.Line + len(rows)
	if line > len(p.lines) {
		return n.Line, n.Column
	}
	indent, _, found := strings.Cut(p.lines[line-1], last)
	if !found {
		return n.Line, n.Column
	}
	if last == "" {
		indent = p.lines[line-1][:len(p.lines[line-1])-len(strings.TrimLeft(p.lines[line-1], " "))]
	}
	return line, utf8.RuneCountInString(indent) + utf8.RuneCountInString(last) + 1
}
