package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"taizhang/merge"
)

// heeding is what the program knows of its own disk.
type heeding struct {
	stop func(error) // ends the program, with the reason

	mu     sync.Mutex
	looked time.Time // when room was last looked for
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

// full heeds only a full disk: other troubles of a share are not ours.
func (h *house) full(err error) {
	if merge.ConditionOf(err) == merge.Full {
		h.heed(err)
	}
}
