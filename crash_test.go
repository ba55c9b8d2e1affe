package main

import (
	"flag"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var (
	crashRounds = flag.Int("crash.rounds", 12, "how often the program is killed at random times")
	crashTime   = flag.Duration("crash.time", time.Hour, "no random round is begun after this time")
	crashAll    = flag.Bool("crash.all", false, "kill at every point at its first, third and seventh hit")
	crashSeed   = flag.Uint64("crash.seed", 1, "what the crash tests draw their random numbers from")
)

// crashLanes is how many data folders are tormented at the same time; much of
// the time is waiting.
const crashLanes = 4

// A file that came to rest is archived, merged once, in order, and answered,
// wherever on its way the program is killed.
func TestCrashPoints(t *testing.T) {
	program := crashBuild(t, crashPoints, crashPace)
	todo := killings(*crashSeed, *crashAll)
	inLanes(t, program, len(todo), func(w *world, i int) (string, []string) {
		return todo[i], w.crashAt(todo[i])
	})
}

// The same holds wherever chance kills it.
func TestCrashRandom(t *testing.T) {
	program := crashBuild(t, crashPace)
	inLanes(t, program, *crashRounds, func(w *world, i int) (string, []string) {
		after := time.Duration(20+w.rng.IntN(700)) * time.Millisecond
		return fmt.Sprintf("round %d, after %v", i+1, after), w.crashAfter(after)
	})
}

// crashAge is how many rounds a data folder serves before a new one is begun,
// so that looking through it does not grow with the number of rounds.
const crashAge = 25

// inLanes shares rounds among some data folders. A round answers its name and
// the invariants it found broken; those end the test.
func inLanes(t *testing.T, program string, rounds int, round func(*world, int) (string, []string)) {
	t.Helper()
	began := time.Now()
	var lanes sync.WaitGroup
	var next, done, kills, files atomic.Int64
	for lane := range crashLanes {
		lanes.Go(func() {
			t.Run(fmt.Sprint("lane", lane), func(t *testing.T) {
				for i := next.Add(1) - 1; int(i) < rounds && !t.Failed() && time.Since(began) < *crashTime; {
					w := newWorld(t, program, t.TempDir(), *crashSeed<<32+uint64(i))
					for age := 0; age < crashAge && int(i) < rounds && time.Since(began) < *crashTime; age++ {
						if name, wrong := round(w, int(i)); len(wrong) > 0 {
							w.fail("killed at "+name, wrong)
							return
						}
						i = next.Add(1) - 1
						done.Add(1)
					}
					if wrong := w.workedOut(); len(wrong) > 0 {
						w.fail("looked through at the end", wrong)
						return
					}
					kills.Add(int64(w.kills))
					files.Add(int64(w.sent()))
				}
			})
		})
	}
	lanes.Wait()
	t.Logf("%d rounds, %d kills, %d files sent, in %v", done.Load(), kills.Load(), files.Load(), time.Since(began).Round(time.Second))
}
