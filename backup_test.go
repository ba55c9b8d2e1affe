package main

import (
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"taizhang/merge"
	"taizhang/templates"
)

// The day's copy is made though an old one cannot be removed; that is told as what
// it is, tried again after an hour, and taken back.
func TestOldBackupsThatStay(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, templates.China)
	h := newHouse(t.TempDir(), slog.New(slog.DiscardHandler))
	h.now = func() time.Time { return now }
	h.settings.Backup = backupSettings{At: "02:30", Keep: 1}
	store, err := merge.Open(t.Context(), h.path(databaseFile), &templates.Catalog{}, h.now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	h.store = store
	stuck := h.path("backups", "taizhang-20261101.db")
	if err := os.MkdirAll(stuck, 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(stuck, "x"), "x") // so that it cannot be removed
	b, told := &backups{house: h}, func() string { return strings.Join(h.notices.all(), "") }
	if err := b.daily(t.Context()); err == nil {
		t.Error("nothing is told of the old copy")
	}
	if err := merge.Inspect(t.Context(), h.path("backups", "taizhang-20261122.db")); err != nil {
		t.Errorf("today's copy: %v", err)
	}
	if !strings.Contains(told(), "旧的自动备份删不掉") || strings.Contains(told(), "没有做成") {
		t.Errorf("told: %s", told())
	}
	if err := os.Remove(filepath.Join(stuck, "x")); err != nil {
		t.Fatal(err)
	}
	now = now.Add(backupRetry / 2)
	if err := b.daily(t.Context()); err != nil || told() == "" {
		t.Errorf("before the hour is over: %v %q", err, told())
	}
	now = now.Add(backupRetry)
	if err := b.daily(t.Context()); err != nil || told() != "" {
		t.Errorf("after it: %v %q", err, told())
	}
	if _, err := os.Stat(stuck); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the old copy is still there: %v", err)
	}
}
