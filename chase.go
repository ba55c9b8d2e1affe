package main

import (
	"context"

	"taizhang/merge"
)

// chase tells who has to report soon, who is late, and the city who is missing;
// each once for a period and stage.
func (h *house) chase(ctx context.Context) error {
	c := merge.Chase{Stages: h.settings.Chase.stages(), Forms: h.settings.Chase.Forms,
		To: h.addresses, Domain: h.settings.Mail.domain()}
	told, err := h.store.Chase(ctx, c)
	if err != nil {
		return err
	}
	items, err := h.store.TellOverdue(ctx, c, h.settings.Chase.Overdue.Days)
	if err != nil {
		return err
	}
	if told += items; told > 0 {
		h.log.Info("chased", "notices", told)
		h.office.Wake()
	}
	return nil
}

// addresses are the e-mail addresses of a county, or of the city (""); none while
// no server is set.
func (h *house) addresses(county string) []string {
	if h.office.SMTP == nil {
		return nil
	}
	if county == "" {
		return h.settings.CityMail
	}
	for _, c := range h.catalog.Counties.All() {
		if c.Name == county {
			return c.Email
		}
	}
	return nil
}
