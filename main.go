// Taizhang (台账) takes in the Excel forms that county offices drop into shared
// folders, checks and merges them into one store, keeps the city's summary
// workbooks up to date and answers each county.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// Exit codes of every command.
const (
	exitFine     = 0
	exitFindings = 1 // files that must be mended
	exitUsage    = 2 // wrong arguments or settings
	exitTrouble  = 3 // anything else that went wrong
)

// commands is everything the program can be told to do.
type commands struct {
	Serve    serveCmd    `cmd:"" help:"守候文件夹：收表、校验、汇总、显示、答复。 Watch, validate, merge, summarise, show and answer."`
	Check    checkCmd    `cmd:"" help:"只检查，不入库。 Say what is wrong with workbooks; change nothing."`
	Import   importCmd   `cmd:"" help:"立即收下一批文件（子文件夹名即县区）。 Take workbooks now; a subfolder names the county."`
	Summary  summaryCmd  `cmd:"" help:"列出汇总表，或导出一张。 List the summaries, or write one."`
	Status   statusCmd   `cmd:"" help:"谁报了、谁没报、退了什么。 Who has reported, who is late, what was returned."`
	Mail     mailCmd     `cmd:"" help:"发信：没送到的、再送、试一封。 Letters: list what is stuck, try again, send a test."`
	Form     formCmd     `cmd:"" help:"表样：列表、查看、检查、空白表。 Forms: list, show, check, blank."`
	Backup   backupCmd   `cmd:"" help:"备份数据库，可在运行中做。 Copy the database, also while it is in use."`
	Restore  restoreCmd  `cmd:"" help:"用备份换下数据库。 Put a backup in the place of the database."`
	Verify   verifyCmd   `cmd:"" help:"核对原件、数据库和汇总表是否一致。 Hold originals, database and summaries against each other."`
	Recheck  recheckCmd  `cmd:"" help:"表样、别名或报告期改好后，把退回的文件重新核对一遍。 Judge returned files again after a form, alias or period was mended."`
	Undo     undoCmd     `cmd:"" help:"撤销一份误收的文件，数据回到没有收过它的样子。 Withdraw a file that was accepted by mistake."`
	Rebuild  rebuildCmd  `cmd:"" help:"用原件重新算出数据库。 Work the database out again from the originals."`
	Version  versionCmd  `cmd:"" help:"版本。 Print the version."`
	Annotate annotateCmd `cmd:"" hidden:""`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), endings()...)
	defer stop()
	collectLess()
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// endings are the signals that end the program in good order: also that its terminal
// was closed, unless nohup or a service manager had it ignored.
func endings() []os.Signal {
	all := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		all = append(all, syscall.SIGHUP)
	}
	return all
}

// terminal is where a command reads and writes. Results go to Out; progress,
// errors and hints go to Err, so that Out can be piped.
type terminal struct {
	In       io.Reader
	Out, Err io.Writer
}

// bars is where bars are drawn: on a screen, and nowhere else.
func (t *terminal) bars() io.Writer {
	if f, ok := t.Err.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			return f
		}
	}
	return io.Discard
}

// run carries out one command line and returns its exit code.
func run(ctx context.Context, args []string, in io.Reader, out, errw io.Writer) int {
	t := &terminal{in, out, errw}
	var c commands
	ended := -1
	parser, err := kong.New(&c, kong.Name("taizhang"), kong.UsageOnError(),
		kong.Description("台账：县区在 Excel 里填表，市里不再手工加总。\n\n"+
			"Exit codes: 0 fine, 1 findings, 2 usage or settings, 3 trouble."),
		kong.Writers(out, errw), kong.Exit(func(code int) { ended = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(t))
	if err != nil {
		return t.fail(err)
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	switch {
	case ended >= 0:
		return ended
	case err != nil:
		return t.fail(usage(err, "taizhang --help 列出全部命令 (lists all commands)"))
	}
	return t.fail(parsed.Run())
}

// hint is an operator's mistake: what is wrong and what to do next.
type hint struct {
	err  error
	next string
	code int
}

func (h *hint) Error() string { return h.err.Error() }
func (h *hint) Unwrap() error { return h.err }

// usage is a mistake in arguments or settings.
func usage(err error, next string) error { return &hint{err, next, exitUsage} }

// trouble is a failure that the operator can do something about.
func trouble(err error, next string) error { return &hint{err, next, exitTrouble} }

// errFindings says that files must be mended; what is wrong was printed.
var errFindings = errors.New("findings")

// fail prints an error with its hint and gives the exit code.
//
// Everything here goes to standard error behind "taizhang:", without capital
// initials or full stops, one line what is wrong and one what to do next.
func (t *terminal) fail(err error) int {
	var h *hint
	switch {
	case err == nil:
		return exitFine
	case errors.Is(err, errFindings):
		return exitFindings
	case errors.As(err, &h):
		fmt.Fprintf(t.Err, "taizhang: 错误 error: %v\n", err)
		fmt.Fprintf(t.Err, "taizhang: 提示 hint: %s\n", h.next)
		return h.code
	}
	fmt.Fprintf(t.Err, "taizhang: 错误 error: %v\n", err)
	return exitTrouble
}
