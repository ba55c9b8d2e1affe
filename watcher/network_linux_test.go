package watcher

import (
	"testing"
	"time"
)

func TestAttributeCacheOfAMount(t *testing.T) {
	for options, want := range map[string]time.Duration{
		"rw,vers=3.1.1,cache=strict,actimeo=1,closetimeo=1": time.Second,
		"rw,vers=4.2,acregmin=30,acregmax=600,hard":         30 * time.Second,
		"rw,vers=4.2,hard":                   0,
		"rw,actimeo=99999999999999999999999": 0, // no number that fits
		"rw,actimeo=86400":                   time.Hour,
		"rw,user_id=0,actimeo=,a=b=c":        0,
	} {
		if got := cacheOption(options); got != want {
			t.Errorf("%s: %v, want %v", options, got, want)
		}
	}
}

func TestALocalFolderIsOnThisMachine(t *testing.T) {
	top, err := openPlace(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer top.close()
	if far, _ := top.network(); far {
		t.Error("a folder on a local disk counts as a network share")
	}
	proc, err := openPlace("/proc")
	if err != nil {
		t.Fatal(err)
	}
	defer proc.close()
	if top.mounted() || !proc.mounted() {
		t.Errorf("a folder is a mount point: %v; /proc is one: %v", top.mounted(), proc.mounted())
	}
}
