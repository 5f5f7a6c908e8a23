package dingtalk

// inlet is the way in: what Channel keeps of what comes.
type inlet struct {
	hooks    hooks
	sessions sessions
}

// newInlet makes it from options that are checked.
func newInlet(o Options) *inlet {
	return &inlet{
		hooks:    hooks{o.APIBase, o.OAPIBase},
		sessions: sessions{shared: o.Shared, app: o.ClientID, wall: o.Wall},
	}
}
