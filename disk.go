package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"taizhang/merge"
	"taizhang/watcher"
)

// heeding is what the program knows of its own disk.
type heeding struct {
	stop func(error) // ends the program, with the reason

	mu     sync.Mutex
	looked time.Time // when room was last looked for
	failed time.Time // when a file could last not be brought in
	why    string
}

const fullText = "磁盘已满：现有数据照常可看，新文件暂不收，腾出空间后自动继续，文件都还在县区文件夹里 " +
	"(the disk is full: nothing new is taken in until there is room; the files stay in the counties' folders)"

// heed hears of each success (nil) and failure of the store and the archive. A
// broken disk or database ends the program; a full disk is told until there is
// room again.
func (h *house) heed(err error) {
	switch merge.ConditionOf(err) {
	case merge.Broken:
		if h.disk.stop != nil {
			h.disk.stop(broken(err))
		}
	case merge.Full:
		if h.notices.set("disk", fullText) {
			h.log.Error("disk full; nothing is taken in until there is room", "err", err)
		}
	default:
		if err == nil {
			h.lookForRoom()
		}
	}
}

// roomPause is how often room is looked for while there is none.
const roomPause = 10 * time.Second

// awaitRoom looks for room while the disk is full, also when nothing is written.
func (h *house) awaitRoom(ctx context.Context) error {
	for pause(ctx, roomPause) {
		h.lookForRoom()
	}
	return nil
}

// lookForRoom takes the notice of a full disk back when there is room again.
func (h *house) lookForRoom() {
	if h.notices.has("disk") && h.roomAgain() && h.notices.set("disk", "") {
		h.log.Info("there is room on the disk again")
	}
}

func broken(err error) error {
	var told *merge.Trouble
	if errors.As(err, &told) {
		return storeTrouble(err)
	}
	return trouble(fmt.Errorf("数据库或磁盘出错，程序已停止 (the database or its disk failed; the program has stopped): %w", err),
		"先查磁盘；再用 taizhang verify 核对，损坏时用 taizhang restore FILE 恢复 backups 里的备份；县区文件都还在 "+
			"(look at the disk, then taizhang verify; restore the latest file of backups if the database is damaged)")
}

// roomAgain looks, now and then, whether a file can be written.
func (h *house) roomAgain() bool {
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	if h.now().Sub(h.disk.looked).Abs() < roomPause {
		return false
	}
	h.disk.looked = h.now()
	return errors.Join(tryRoom(h.dir), tryRoom(h.path("archive"))) == nil
}

// tryRoom writes a megabyte and removes it.
func tryRoom(dir string) error {
	f, err := os.CreateTemp(dir, ".room-*.tmp")
	if err != nil {
		return err
	}
	_, err = f.Write(make([]byte, 1<<20))
	return errors.Join(err, f.Sync(), f.Close(), os.Remove(f.Name()))
}

// unbrought hears that a file could not be brought in. A full disk is heeded; anything
// else is told as long as it goes on.
func (h *house) unbrought(err error) {
	if merge.ConditionOf(err) == merge.Full {
		h.heed(err)
		return
	}
	if errors.Is(err, watcher.ErrFault) {
		return // the share's trouble, which is told with the file
	}
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	h.disk.failed, h.disk.why = h.now(), err.Error()
}

// unbroughtFor is how long a trouble with bringing files in is told: they are tried
// again each minute at most.
const unbroughtFor = 2 * time.Minute

// unbroughtText tells the admin that files cannot be brought in, "" when they can.
func (h *house) unbroughtText() string {
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	if h.disk.why == "" || h.now().Sub(h.disk.failed).Abs() > unbroughtFor {
		return ""
	}
	return fmt.Sprintf("有文件收不进来，还在再试；请检查数据文件夹里的 archive 和磁盘：%v (a file cannot be brought in; look at archive/ and the disk)", h.disk.why)
}
