package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // servers without a zone database read other zones from here

	"taizhang/merge"
	"taizhang/templates"

	"go.yaml.in/yaml/v4"
)

// chaseSettings say when somebody is told of a report that has not come.
type chaseSettings struct {
	Remind  offset `yaml:"remind"`
	Chase   offset `yaml:"chase"`
	Report  offset `yaml:"report"`
	Overdue offset `yaml:"overdue"`
	At      string `yaml:"at"`
	Forms   words  `yaml:"forms"`
}

func defaultChase() chaseSettings {
	return chaseSettings{Remind: offset{Days: 1}, Chase: offset{Days: 1}, Report: offset{Days: 3}, Overdue: offset{Days: 7}, At: "09:00"}
}

// stages are the settings as the store takes them.
func (c chaseSettings) stages() merge.Stages {
	at, err := templates.ParseClock(c.At)
	if err != nil {
		at = 9 * time.Hour // it was checked when the settings were read
	}
	return merge.Stages{Remind: merge.Offset(c.Remind), Chase: merge.Offset(c.Chase), Report: merge.Offset(c.Report), At: at}
}

// offset is written as 1d, 2w or 36h; off is never.
type offset merge.Offset

// UnmarshalYAML reads an offset and refuses anything else.
func (o *offset) UnmarshalYAML(n *yaml.Node) error {
	bad := fmt.Errorf("“%s”应写成 1d、2w 或 36h（天、周、小时），最长 60 天；不做写 off", n.Value)
	if n.Value == "off" || n.Value == "false" { // off is false to some readers of YAML
		*o = offset{}
		return nil
	}
	if len(n.Value) < 2 {
		return bad
	}
	digits, unit := n.Value[:len(n.Value)-1], n.Value[len(n.Value)-1:]
	count, err := strconv.Atoi(digits)
	if err != nil || count < 1 {
		return bad
	}
	switch {
	case unit == "d" && count <= 60:
		*o = offset{Days: count}
	case unit == "w" && count <= 8:
		*o = offset{Days: 7 * count}
	case unit == "h" && count <= 60*24:
		*o = offset{Exact: time.Duration(count) * time.Hour}
	default:
		return bad
	}
	return nil
}

// words is a list of words; one may stand alone.
type words []string

// UnmarshalYAML reads one word or a list of them.
func (w *words) UnmarshalYAML(n *yaml.Node) error {
	nodes := n.Content
	if n.Kind == yaml.ScalarNode {
		nodes = []*yaml.Node{n}
	}
	*w = nil
	if n.Kind != yaml.ScalarNode && n.Kind != yaml.SequenceNode {
		return fmt.Errorf("应写成 [甲, 乙] 的样子")
	}
	for _, one := range nodes {
		if text := strings.TrimSpace(one.Value); one.Kind == yaml.ScalarNode && text != "" && one.Tag != "!!null" {
			*w = append(*w, text)
			continue
		}
		return fmt.Errorf("应写成 [甲, 乙] 的样子")
	}
	return nil
}

// zone is the time zone of due days.
func (s settings) zone() (*time.Location, error) {
	if s.Zone == "Asia/Shanghai" {
		return templates.China, nil
	}
	zone, err := time.LoadLocation(s.Zone)
	if err != nil || s.Zone == "" || s.Zone == "Local" {
		return nil, fmt.Errorf("zone “%s”不是时区名称，例如 Asia/Shanghai、Asia/Urumqi", s.Zone)
	}
	return zone, nil
}
