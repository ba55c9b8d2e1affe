package watcher

import "time"

// reach is how far away a share is. On another machine events say nothing of
// what others do, nobody can tell who is writing, what the system says about
// a file may be old, and each call takes its time.
type reach struct {
	network bool
	settle  time.Duration // how long a file must not change
	rescan  time.Duration // how often to look
}

// survey finds out how far the share is, when it is there for the first time
// or is another directory than before.
func (h *hall) survey(top *place) {
	id := top.ident()
	if h.reach.Load() != nil && id == h.surveyed {
		return
	}
	h.surveyed = id
	network, cache := top.network()
	if h.w.Network != nil {
		network = *h.w.Network
	}
	r := reach{network: network, settle: h.w.Settle, rescan: h.w.Rescan}
	if network {
		r.settle = max(5*time.Second, 2*cache)
		if h.w.SettleNetwork > 0 {
			r.settle = h.w.SettleNetwork
		}
		r.rescan = max(h.w.Rescan, h.w.RescanNetwork)
	}
	h.reach.Store(&r)
	if network {
		h.w.Log.Info("the share is on another machine", "share", h.w.Share, "settle", r.settle, "rescan", r.rescan)
	}
}

// far reports a share on another machine.
func (h *hall) far() bool { return h.reach.Load().network }

// settleTime is how long a file of this name must rest. The kinds without
// checksums of their own rest five times as long, and twelve times on another
// machine, where nobody can tell who is writing.
func (f *folder) settleTime(name string) time.Duration {
	r := f.hall.reach.Load()
	switch {
	case zipped[extension(name)]:
		return r.settle
	case r.network:
		return 12 * r.settle
	}
	return 5 * r.settle
}

// interval is how long until the folder is looked at without being woken,
// when the last look took so long.
func (f *folder) interval(took time.Duration) time.Duration {
	r := f.hall.reach.Load()
	if r.network {
		return max(r.rescan, 20*took)
	}
	return r.rescan
}

// seen is what tells whether a file has changed. On another machine the
// number of a file may be another one each time.
func (f *folder) seen(p print) print {
	if f.hall.far() {
		p.dev, p.ino = 0, 0
	}
	return p
}
