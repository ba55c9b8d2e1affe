package main

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"taizhang/templates"

	"go.yaml.in/yaml/v4"
)

// settings are what an admin may set. The file is written with comments at the
// first start; every key it has is below, and another one is a mistake.
type settings struct {
	City          string         `yaml:"city"`
	Contact       string         `yaml:"contact"`
	CityMail      words          `yaml:"cityMail"`
	Zone          string         `yaml:"zone"`
	Chase         chaseSettings  `yaml:"chase"`
	PrefillDays   int            `yaml:"prefillDays"`
	Addr          string         `yaml:"addr"`
	Hosts         words          `yaml:"hosts"`
	StrictFolders bool           `yaml:"strictFolders"`
	Settle        duration       `yaml:"settle"`
	Rescan        duration       `yaml:"rescan"`
	Network       *bool          `yaml:"network"`
	Roots         []rootSettings `yaml:"roots"`
	MaxFileMB     int64          `yaml:"maxFileMB"`
	Mail          mailSettings   `yaml:"mail"`
	Backup        backupSettings `yaml:"backup"`
}

// duration is written as 2s, 15m or 1h.
type duration time.Duration

// UnmarshalYAML reads a duration and refuses anything else.
func (d *duration) UnmarshalYAML(n *yaml.Node) error {
	v, err := time.ParseDuration(n.Value)
	if err != nil || v < 0 {
		return fmt.Errorf("“%s”不是时长，应写成 2s、15m 或 1h", n.Value)
	}
	*d = duration(v)
	return nil
}

// settingsExample is the file as it is written at the first start.
//
//go:embed taizhang.example.yaml
var settingsExample []byte

// maxSettings bounds the settings file.
const maxSettings = 1 << 20

func defaultSettings() settings {
	return settings{
		City: "本市", Addr: "127.0.0.1:8080", MaxFileMB: 100,
		Zone: "Asia/Shanghai", Chase: defaultChase(), PrefillDays: 1, Settle: duration(2 * time.Second), Rescan: duration(15 * time.Second),
		Mail:   defaultMail(),
		Backup: defaultBackup(),
	}
}

// readSettings decodes the file over the defaults. Every mistake is told at
// once, with its line.
func readSettings(path string) (settings, error) {
	s := defaultSettings()
	f, err := os.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return s, usage(err, "用 --data 指定数据文件夹，或先运行 taizhang serve (name the data folder with --data)")
	case err != nil:
		return s, unreadable(err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxSettings))
	if err != nil {
		return s, unreadable(err)
	}
	if why := unlikeYAML(text); why != "" {
		return s, usage(fmt.Errorf("%s: %s", path, why), "用记事本打开，另存为，编码选 UTF-8 (save it again as UTF-8)")
	}
	mistakes := decodeSettings(path, text, &s)
	mistakes = append(mistakes, append(s.check(path, text), s.checkMail(path, text)...)...)
	if len(mistakes) > 0 {
		return s, usage(&spokenMistakes{mistakes}, "改正后再启动；说明见文件里的注释 (mend the file; its comments explain each key)")
	}
	return s, nil
}

// unreadable is a file of the data folder that is there and cannot be read.
func unreadable(err error) error {
	return trouble(err, "检查这个文件的读取权限和所在的磁盘，再试一次 (check the permissions of the file and its disk, then try again)")
}

func decodeSettings(path string, text []byte, s *settings) templates.Mistakes {
	err := yaml.Load(text, s, yaml.WithKnownFields(), yaml.WithUniqueKeys())
	if err == nil || strings.TrimSpace(string(text)) == "" {
		return nil
	}
	var list *yaml.LoadErrors
	if !errors.As(err, &list) {
		var one *yaml.LoadError
		if !errors.As(err, &one) {
			return templates.Mistakes{{File: path, Message: plainYAML(err.Error())}}
		}
		list = &yaml.LoadErrors{Errors: []*yaml.LoadError{one}}
	}
	var out templates.Mistakes
	for _, e := range list.Errors {
		out = append(out, templates.Mistake{File: path, Line: e.Mark.Line, Col: e.Mark.Column, Message: plainYAML(e.Message)})
	}
	return out
}

// spokenMistakes tell each mistake with what to do about it, a line each.
type spokenMistakes struct{ templates.Mistakes }

func (s *spokenMistakes) Error() string {
	lines := make([]string, len(s.Mistakes))
	for i, one := range s.Mistakes {
		lines[i] = one.String()
		if one.Hint != "" {
			lines[i] += "。" + one.Hint
		}
	}
	return strings.Join(lines, "\n")
}

func (s *spokenMistakes) Unwrap() error { return s.Mistakes }

// unlikeYAML is why a text cannot be the settings, "" when it can. A text in UTF-16
// begins with its mark and is read.
func unlikeYAML(text []byte) string {
	marked := bytes.HasPrefix(text, []byte{0xff, 0xfe}) || bytes.HasPrefix(text, []byte{0xfe, 0xff})
	switch {
	case len(text) == maxSettings:
		return "文件过大，不像是设置 (too large for settings)"
	case !marked && !utf8.Valid(text):
		return "文件不是 UTF-8 编码 (not in UTF-8)"
	}
	return ""
}

// spokenYAML says in our words what the YAML reader says in those of the program.
var spokenYAML = []struct {
	said  *regexp.Regexp
	plain string
}{
	{regexp.MustCompile(`^field (\S+) not found in type .*$`), "没有“$1”这个设置项，核对写法 (no such setting)"},
	{regexp.MustCompile(`^mapping key "(.*)" already defined at line (\d+)$`), "“$1”在第 $2 行已经写过 (written twice)"},
	{regexp.MustCompile("^cannot construct !!\\w+(?: `.*`)? into u?int\\d*$"), "这里要写整数 (a whole number is wanted)"},
	{regexp.MustCompile("^cannot construct !!\\w+(?: `.*`)? into bool$"), "这里要写 true 或 false (true or false is wanted)"},
	{regexp.MustCompile("^cannot construct !!\\w+(?: `.*`)? into string$"), "这里要写一段文字 (a text is wanted)"},
	{regexp.MustCompile("^cannot construct !!\\w+(?: `.*`)? into \\[\\].*$"), "这里要写成列表，例如 [甲, 乙] (a list is wanted)"},
	{regexp.MustCompile("^cannot construct !!\\w+(?: `.*`)? into .*$"), "这里要写成“键: 值” (keys with values are wanted)"},
	{regexp.MustCompile(`^found character that cannot start any token$`), "行首不能用制表符，引号、冒号要成对、后面有空格 (a tab, or a stray character)"},
	{regexp.MustCompile(`^(?:yaml: )?expected single document, found multiple$`), "只能有一份设置，去掉 --- 和它下面的 (one document only)"},
	{regexp.MustCompile(`^found unexpected end of stream$`), "引号或括号没有写完 (a quote or bracket is not closed)"},
}

// plainYAML is a mistake as a person reads it; one that is not known stays as it is.
func plainYAML(said string) string {
	for _, one := range spokenYAML {
		if one.said.MatchString(said) {
			return one.said.ReplaceAllString(said, one.plain)
		}
	}
	return said
}

// check holds the values against each other.
func (s settings) check(path string, text []byte) (out templates.Mistakes) {
	wrong := func(key string, format string, args ...any) {
		line, col := placeOf(text, strings.Split(key, ".")...)
		out = append(out, templates.Mistake{File: path, Line: line, Col: col, Message: fmt.Sprintf(format, args...)})
	}
	if _, err := s.zone(); err != nil {
		wrong("zone", "%v", err)
	}
	if s.Chase.Overdue.Exact != 0 {
		wrong("chase.overdue", "chase.overdue 只能用天或周，例如 7d")
	}
	if _, err := templates.ParseClock(s.Chase.At); err != nil {
		wrong("chase.at", "chase.at：%v", err)
	}
	if s.PrefillDays < 0 || s.PrefillDays > 60 {
		wrong("prefillDays", "prefillDays 应在 0 到 60 之间，现在是 %d", s.PrefillDays)
	}
	s.checkPace(wrong)
	for _, text := range rootMistakes(s.Roots, filepath.Dir(path)) {
		wrong("roots", "%s", text)
	}
	for _, text := range s.Backup.check() {
		wrong("backup", "%s", text)
	}
	if s.MaxFileMB < 1 || s.MaxFileMB > 1024 {
		wrong("maxFileMB", "maxFileMB 应在 1 到 1024 之间，现在是 %d", s.MaxFileMB)
	}
	return out
}

// Between these a folder is looked at often enough, and not all the time.
const (
	minSettle, maxSettle = 10 * time.Millisecond, time.Hour
	minRescan, maxRescan = 100 * time.Millisecond, 24 * time.Hour
)

// checkPace holds how often and how long is waited; 0 is the usual.
func (s settings) checkPace(wrong func(key, format string, args ...any)) {
	within := func(key, name string, d duration, least, most time.Duration) {
		if v := d.value(); v != 0 && (v < least || v > most) {
			wrong(key, "%s 应在 %v 到 %v 之间，现在是 %v", name, least, most, v)
		}
	}
	within("settle", "settle", s.Settle, minSettle, maxSettle)
	within("rescan", "rescan", s.Rescan, minRescan, maxRescan)
	for i, r := range s.Roots {
		within(fmt.Sprintf("roots.%d.settle", i), "roots 里的 settle", r.Settle, minSettle, maxSettle)
	}
}

func (d duration) value() time.Duration { return time.Duration(d) }
