package api

import (
	"context"

	"taizhang/merge"
)

// health says how the program is.
type health struct {
	Status   string   `json:"status"`
	Version  string   `json:"version"`
	Problems []string `json:"problems,omitempty"`
}

// getHealth only says that the program answers.
func (s *server) getHealth(context.Context, *struct{}) (health, error) {
	return health{Status: "ok", Version: s.Version}, nil
}

// getReady says whether the store answers. What the admin should see is listed,
// but one silent folder is no reason to stop serving the others.
func (s *server) getReady(ctx context.Context, _ *struct{}) (health, error) {
	if _, _, err := s.Store.Submissions(ctx, merge.SubmissionFilter{Limit: 1}); err != nil {
		s.Log.Error("the store does not answer", "err", err)
		return health{}, refuse("busy")
	}
	return health{"ready", s.Version, s.problems()}, nil
}

// problems lists what the admin should see.
func (s *server) problems() []string {
	if s.Problems == nil {
		return nil
	}
	return s.Problems()
}
