package templates

import (
	"fmt"
	"strings"
	"text/template"
	"text/template/parse"
)

// phrase is an entry of the message catalogue, ready to be filled in. It gives what
// text/template gives; most entries need no more of it than slots.
type phrase struct {
	pieces []piece
	whole  *template.Template // for an entry that is more than pieces; else nil
}

// piece is a text, a slot, or a part that is left out where its slot is blank.
type piece struct {
	text  string
	slot  string // "." is the slot of the part it stands in
	part  []piece
	other []piece // in place of a part that is left out
	asked bool    // the slot only decides on the part
}

func newPhrase(source string) (*phrase, error) {
	t, err := template.New("").Parse(source)
	if err != nil {
		return nil, err
	}
	if t.Tree == nil {
		return &phrase{}, nil
	}
	pieces, ok := piecesOf(t.Root, false)
	if !ok {
		return &phrase{whole: t}, nil
	}
	return &phrase{pieces: pieces}, nil
}

// piecesOf takes a template apart; false when it has what no piece can say.
func piecesOf(list *parse.ListNode, within bool) (out []piece, ok bool) {
	if list == nil {
		return nil, true
	}
	for _, node := range list.Nodes {
		p, ok := pieceOf(node, within)
		if !ok {
			return nil, false
		}
		out = append(out, p)
	}
	return out, true
}

func pieceOf(node parse.Node, within bool) (p piece, ok bool) {
	switch n := node.(type) {
	case *parse.TextNode:
		return piece{text: string(n.Text)}, true
	case *parse.ActionNode:
		p.slot = slotOf(n.Pipe, within)
		return p, p.slot != ""
	case *parse.WithNode:
		return partOf(&n.BranchNode, within, true)
	case *parse.IfNode:
		return partOf(&n.BranchNode, within, false)
	}
	return p, false
}

// partOf takes {{with .Slot}}, {{if .Slot}} or {{if and .Slot .Other}} apart, which
// stand in no {{with}}.
func partOf(n *parse.BranchNode, within, inside bool) (p piece, ok bool) {
	slots := slotsOf(n.Pipe)
	if within || len(slots) == 0 || len(slots) > 1 && (inside || n.ElseList != nil) {
		return p, false
	}
	if p.part, ok = piecesOf(n.List, inside); !ok {
		return p, false
	}
	p.slot, p.asked = slots[0], true
	for _, slot := range slots[1:] {
		p.part = []piece{{slot: slot, asked: true, part: p.part}}
	}
	p.other, ok = piecesOf(n.ElseList, false)
	return p, ok
}

// slotsOf are the slots that must all be filled in, none when it is anything else.
func slotsOf(pipe *parse.PipeNode) []string {
	if slot := slotOf(pipe, false); slot != "" {
		return []string{slot}
	}
	if len(pipe.Decl) > 0 || len(pipe.Cmds) != 1 || pipe.Cmds[0].Args[0].String() != "and" {
		return nil
	}
	var out []string
	for _, arg := range pipe.Cmds[0].Args[1:] {
		field, ok := arg.(*parse.FieldNode)
		if !ok || len(field.Ident) != 1 {
			return nil
		}
		out = append(out, field.Ident[0])
	}
	return out
}

// slotOf is the one slot that a pipeline names, "" when it is anything else.
func slotOf(pipe *parse.PipeNode, within bool) string {
	if len(pipe.Decl) > 0 || len(pipe.Cmds) != 1 || len(pipe.Cmds[0].Args) != 1 {
		return ""
	}
	switch arg := pipe.Cmds[0].Args[0].(type) {
	case *parse.FieldNode:
		if len(arg.Ident) == 1 && !within {
			return arg.Ident[0]
		}
	case *parse.DotNode:
		if within {
			return "."
		}
	}
	return ""
}

// say fills the slots. An entry that cannot be filled gives "".
func (p *phrase) say(f facts) string {
	switch {
	case p == nil:
		return ""
	case p.whole != nil:
		var out strings.Builder
		if err := p.whole.Execute(&out, map[string]any(f)); err != nil {
			return ""
		}
		return out.String()
	case len(p.pieces) == 1 && p.pieces[0].slot == "":
		return p.pieces[0].text
	}
	var room [512]byte
	return string(fill(room[:0], p.pieces, f, nil))
}

// fill appends the pieces; dot is the value of the part they stand in.
func fill(out []byte, pieces []piece, f facts, dot any) []byte {
	for i := range pieces {
		p := &pieces[i]
		if p.slot == "" {
			out = append(out, p.text...)
			continue
		}
		value := dot
		if p.slot != "." {
			value = f[p.slot]
		}
		switch {
		case !p.asked:
			out = appendValue(out, value)
		case filledIn(value):
			out = fill(out, p.part, f, value)
		default:
			out = fill(out, p.other, f, dot)
		}
	}
	return out
}

// filledIn says whether text/template takes a value for true.
func filledIn(value any) bool {
	if text, ok := value.(string); ok {
		return text != ""
	}
	full, _ := template.IsTrue(value)
	return full
}

func appendValue(out []byte, value any) []byte {
	switch v := value.(type) {
	case nil:
		return append(out, "<no value>"...)
	case string:
		return append(out, v...)
	}
	return fmt.Append(out, value)
}
