package cli

import (
	"context"
	"maps"
	"slices"

	"rollcall/webhook"
	"rollcall/work"
)

// receivers are those whom the configuration wants to be told.
func (h *house) receivers() ([]work.Receiver, error) {
	var all []work.Receiver
	for _, name := range slices.Sorted(maps.Keys(h.config.Notify)) {
		r := h.config.Notify[name]
		to, err := r.URL.Resolve()
		if err != nil {
			return nil, err
		}
		var key []byte
		if !r.Secret.IsZero() {
			secret, err := r.Secret.Resolve()
			if err != nil {
				return nil, err
			}
			if key, err = webhook.Key(secret); err != nil {
				return nil, err
			}
		}
		sender, err := webhook.New(webhook.Form(r.Kind), to, key, nil, h.app.clock().Now)
		if err != nil {
			return nil, err
		}
		one := work.Receiver{Name: name, Send: func(ctx context.Context, n work.Notice) error {
			return sender.Send(ctx, webhook.Message{
				ID: n.Cause, Type: "rollcall." + string(n.Kind), At: n.At, Title: n.Title, Text: n.Text, Data: n,
			})
		}}
		for _, about := range r.About {
			one.Kinds = append(one.Kinds, work.NoticeKind(about))
		}
		all = append(all, one)
	}
	return all, nil
}
