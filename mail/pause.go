package mail

import (
	"math/rand/v2"
	"time"
)

// pauses before the next attempts; after the last of them every hour.
var pauses = []time.Duration{
	time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour,
}

// patience is how long a letter is tried.
const patience = 5 * 24 * time.Hour

// pause is how long to wait after so many attempts, and false when the letter
// has been tried long enough.
func pause(attempts int) (time.Duration, bool) {
	at := max(attempts, 1) - 1
	var tried time.Duration
	for i := range at {
		tried += pauses[min(i, len(pauses)-1)]
	}
	return pauses[min(at, len(pauses)-1)], tried < patience
}

// firstFolderPause is how long an answer waits when its folder refused it for the
// first time: most often a clerk has a file of that name open.
const firstFolderPause = 10 * time.Second

// folderPause is pause for the folders, with a short one before the others.
func folderPause(attempts int) time.Duration {
	if attempts <= 1 {
		return firstFolderPause
	}
	wait, _ := pause(attempts - 1)
	return wait
}

// jitter makes a pause longer by up to a tenth, so that letters that were put off
// together do not come together again.
func jitter(d time.Duration) time.Duration {
	return d + rand.N(d/10+1)
}
